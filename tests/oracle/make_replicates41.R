# Makes replicates41.json and data/repw_counties_*.csv.gz: rates, domains and design effects under replicate weights.
# Run in this folder: Rscript make_replicates41.R. The R version, package version and date are written into the file.
suppressMessages(library(survey))
library(jsonlite)
set.seed(20261122)
counties <- read.csv("data/counties3.csv")
counties$one <- 1
counties$big <- as.integer(counties$size > 4)
first <- svydesign(id = ~county, strata = ~region, fpc = ~N1, weights = ~w, data = counties, nest = TRUE)
bare <- svydesign(id = ~county, strata = ~region, weights = ~w, data = counties, nest = TRUE)
staged <- svydesign(id = ~county + village, strata = ~region + one, fpc = ~N1 + N2, weights = ~w, data = counties, nest = TRUE)
made <- list(
  jkn_fpc = list(quote(as.svrepdesign(first, type = "JKn", compress = FALSE)), "jkn"),
  jkn_mse = list(quote(as.svrepdesign(bare, type = "JKn", compress = FALSE, mse = TRUE)), "jkn"),
  bootstrap = list(quote(as.svrepdesign(first, type = "bootstrap", replicates = 60, compress = FALSE)), "bootstrap"),
  subbootstrap = list(quote(as.svrepdesign(bare, type = "subbootstrap", replicates = 60, compress = FALSE)), "subbootstrap"),
  mrbbootstrap = list(quote(as.svrepdesign(staged, type = "mrbbootstrap", replicates = 60, compress = FALSE)), "mrbbootstrap")
)
est <- function(statistic, ...) list(list(id = "a", statistic = statistic, ...))
rate <- function(method) est("proportion", variables = "sat", interval = list(method = method))
asked <- list(
  list(quote(svymean(~y, d)), est("mean", variables = "y")),
  list(quote(svytotal(~y + size, d)), est("total", variables = c("y", "size"))),
  list(quote(svymean(~z, d, na.rm = TRUE)), est("mean", variables = "z", missing = "drop")),
  list(quote(svyratio(~wrong, ~size, d)), est("ratio", numerator = "wrong", denominator = "size")),
  list(quote(svyby(~wrong, ~group, denominator = ~size, d, svyratio)), est("ratio", numerator = "wrong", denominator = "size", by = "group")),
  list(quote(svyby(~y, ~region, d, svymean)), est("mean", variables = "y", by = "region")),
  list(quote(svytotal(~y, subset(d, group == "g1"))), est("total", variables = "y", where = "group == 'g1'")),
  list(quote(svymean(~y, d, deff = TRUE)), est("mean", variables = "y", design_effect = TRUE)),
  list(quote(svymean(~y, d, deff = "replace")), est("mean", variables = "y", design_effect = "replace")),
  list(quote(svymean(~kind, d)), est("proportion", variables = "kind")),
  list(quote(svyciprop(~sat, d, method = "logit")), rate("logit")),
  list(quote(svyciprop(~sat, d, method = "xlogit")), rate("xlogit")),
  list(quote(svyciprop(~sat, d, method = "beta")), rate("beta")),
  list(quote(svyciprop(~sat, d, method = "mean")), rate("wald")),
  list(quote(svyciprop(~sat, d, method = "asin")), rate("arcsine")),
  list(quote(svyciprop(~sat, subset(d, group == "g1"), method = "logit")), list(c(rate("logit")[[1]], list(where = "group == 'g1'"))))
)
figures <- function(v, d) {
  if (inherits(v, "svyciprop")) return(list(estimate = as.numeric(coef(v))[1], lower = as.numeric(confint(v))[1], upper = as.numeric(confint(v))[2]))
  table <- if (is.data.frame(v)) list(estimate = unname(coef(v)), se = unname(SE(v))) else list(estimate = unname(as.vector(coef(v))), se = unname(as.vector(SE(v))))
  effect <- attr(v, "deff")
  if (!is.null(effect)) table$deff <- unname(as.vector(if (is.matrix(effect)) diag(effect) else effect))
  table$df <- degf(d)
  table
}
designs <- list()
cases <- list()
for (name in names(made)) {
  d <- eval(made[[name]][[1]])
  file <- paste0("repw_counties_", name, ".csv.gz")
  weights <- as.data.frame(unclass(as.matrix(weights(d, "analysis"))))
  names(weights) <- paste0("r", seq_along(weights))
  out <- gzfile(file.path("data", file), "w")
  write.csv(format(weights, digits = 15, trim = TRUE), out, row.names = FALSE, quote = FALSE)
  close(out)
  replicates <- list(method = made[[name]][[2]], file = file, scale = d$scale, rscales = as.numeric(d$rscales), mse = isTRUE(d$mse))
  designs[[name]] <- list(dataset = "counties3.csv", r = deparse1(made[[name]][[1]]), plan = list(weights = "w", replicates = replicates))
  for (each in asked) {
    v <- suppressWarnings(eval(each[[1]]))
    cases[[length(cases) + 1]] <- list(design = name, r_call = deparse1(each[[1]]), estimates = each[[2]], expected = figures(v, d))
  }
}
meta <- list(r_version = R.version.string, survey_version = as.character(packageVersion("survey")), date = format(Sys.Date()), made_by = "make_replicates41.R")
write(toJSON(list(meta = meta, designs = designs, cases = cases), digits = I(15), auto_unbox = TRUE, na = "string", pretty = TRUE), "replicates41.json")
cat(length(cases), "cases\n")
