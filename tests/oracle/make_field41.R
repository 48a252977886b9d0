# Makes field41.json: a table of answers as fieldwork leaves it, seen by R's survey.
# Run in this folder: Rscript make_field41.R. data/field.csv is invented: villages drawn with unequal probabilities in strata,
# one of them with certainty and one alone in its stratum; households by class below them; weight 0 where nobody answered.
suppressMessages(library(survey))
library(jsonlite)
options(survey.lonely.psu = "certainty")
field <- read.csv("data/field.csv")
field$drawn <- ave(rep(1, nrow(field)), field$village, field$cls, FUN = length) / field$N
field$row <- seq_len(nrow(field))
field$group <- interaction(field$village, field$cls)
# R leaves a certainty in its stratum; in a stratum of its own its next stage alone supplies the variance.
field$own <- ifelse(field$pi == 1, paste0(field$stratum, " certain"), field$stratum)
answered <- c("sat", "bad", "income", "rare")
field[answered][is.na(field[answered])] <- 0
design <- quote(svydesign(id = ~village + row, strata = ~own + group, fpc = ~pi + drawn, weights = ~w, data = field, pps = "brewer", nest = TRUE))
d <- subset(eval(design), resp == 1)
plan <- list(stages = list(list(cluster = "village", strata = "stratum", probability = "pi"), list(strata = "cls", population = "N")),
  weights = "w", nested = TRUE, lonely_psu = "certainty", unequal = list(method = "brewer"))

cases <- list()
add <- function(call, estimate, deffs = FALSE) {
  v <- eval(call)
  found <- if (inherits(v, "svyciprop")) {
    list(estimate = as.numeric(coef(v))[1], lower = as.numeric(confint(v))[1], upper = as.numeric(confint(v))[2])
  } else list(estimate = unname(as.vector(coef(v))), se = unname(as.vector(SE(v))))
  if (deffs) found$deff <- if (inherits(v, "svyby")) v[["DEff.sat"]] else unname(as.vector(deff(v)))
  cases[[length(cases) + 1]] <<- list(design = "field", r_call = deparse1(call), estimates = list(c(list(id = "a", where = "resp == 1"), estimate)), expected = found)
}
add(quote(svyby(~sat, ~county, d, svymean, deff = "replace")), list(statistic = "proportion", variables = "sat", by = "county", design_effect = "replace"), TRUE)
add(quote(svyby(~income, ~county + cls, d, svymean)), list(statistic = "mean", variables = "income", by = c("cls", "county")))
add(quote(svyby(~bad, ~county, denominator = ~size, d, svyratio)), list(statistic = "ratio", numerator = "bad", denominator = "size", by = "county"))
add(quote(svytotal(~income, d, deff = TRUE)), list(statistic = "total", variables = "income", design_effect = TRUE), TRUE)
add(quote(svymean(~rare, d, deff = "replace")), list(statistic = "proportion", variables = "rare", design_effect = "replace"), TRUE)
# R's beta takes the rows of the whole table and the whole design's degrees of freedom, whatever df says: left out.
add(quote(svyciprop(~sat, d, method = "asin", df = 28)), list(statistic = "proportion", variables = "sat", interval = list(method = "arcsine")))
add(quote(svyciprop(~sat, d, method = "logit", df = 28)), list(statistic = "proportion", variables = "sat", interval = list(method = "logit")))
add(quote(svyciprop(~rare, d, method = "xlogit", df = 28)), list(statistic = "proportion", variables = "rare", interval = list(method = "xlogit")))
add(quote(svyciprop(~rare, d, method = "mean", df = 28)), list(statistic = "proportion", variables = "rare", interval = list(method = "wald")))

meta <- list(r_version = R.version.string, survey_version = as.character(packageVersion("survey")), date = format(Sys.Date()), made_by = "make_field41.R")
designs <- list(field = list(dataset = "field.csv", r = deparse1(design), plan = plan))
write(toJSON(list(meta = meta, designs = designs, cases = cases), digits = I(15), auto_unbox = TRUE, na = "string", pretty = TRUE), "field41.json")
cat(length(cases), "cases\n")
