# Makes survey41.json: numbers of R's survey for designs that survey45.json has not.
# Run in this folder: Rscript make_survey41.R. The R version, package version and date are written into the file.
suppressMessages(library(survey))
library(jsonlite)
data(election)
write.csv(election_pps[, c("County", "Bush", "Kerry", "Nader", "votes", "p", "wt")], "data/election_pps.csv", row.names = FALSE)

counties <- read.csv("data/counties3.csv")
lonely <- read.csv("data/lonely.csv")
clus2 <- read.csv("data/apiclus2.csv")
clus2$n2 <- ave(clus2$snum, clus2$dnum, FUN = function(v) length(unique(v)))
clus2$p1 <- (clus2$dnum %% 7 + 1) / 20
clus2$p2 <- clus2$n2 / clus2$fpc2
strat <- read.csv("data/apistrat.csv")
strat$rare <- as.integer(strat$stype == "E" & strat$api00 > 300 | (strat$stype == "H" & strat$snum %% 9 == 0))
write.csv(clus2[, c("dnum", "snum", "stype", "api00", "enroll", "fpc1", "fpc2", "p1", "p2")], "data/clus2_pps.csv", row.names = FALSE, na = "")
write.csv(strat[, c("snum", "stype", "rare", "pw", "fpc")], "data/strat_rare.csv", row.names = FALSE)
clus2 <- read.csv("data/clus2_pps.csv")

stage <- function(...) list(...)
psum <- sum(election$p^2) / 40
designs <- list(
  election_brewer = list("election_pps.csv", quote(svydesign(id = ~1, fpc = ~p, data = election_pps, pps = "brewer")),
    list(stages = list(stage(probability = "p")), unequal = list(method = "brewer"))),
  election_hr_ht = list("election_pps.csv", quote(svydesign(id = ~1, fpc = ~p, data = election_pps, pps = HR())),
    list(stages = list(stage(probability = "p")), unequal = list(method = "hartley-rao", variance = "ht"))),
  election_hr_yg = list("election_pps.csv", quote(svydesign(id = ~1, fpc = ~p, data = election_pps, pps = HR(), variance = "YG")),
    list(stages = list(stage(probability = "p")), unequal = list(method = "hartley-rao", variance = "yg"))),
  election_hr_psum_ht = list("election_pps.csv", quote(svydesign(id = ~1, fpc = ~p, data = election_pps, pps = HR(psum))),
    list(stages = list(stage(probability = "p")), unequal = list(method = "hartley-rao", psum = psum, variance = "ht"))),
  election_hr_psum_yg = list("election_pps.csv", quote(svydesign(id = ~1, fpc = ~p, data = election_pps, pps = HR(psum), variance = "YG")),
    list(stages = list(stage(probability = "p")), unequal = list(method = "hartley-rao", psum = psum, variance = "yg"))),
  election_overton_ht = list("election_pps.csv", quote(svydesign(id = ~1, fpc = ~p, data = election_pps, pps = "overton")),
    list(stages = list(stage(probability = "p")), unequal = list(method = "overton", variance = "ht"))),
  election_overton_yg = list("election_pps.csv", quote(svydesign(id = ~1, fpc = ~p, data = election_pps, pps = "overton", variance = "YG")),
    list(stages = list(stage(probability = "p")), unequal = list(method = "overton", variance = "yg"))),
  election_poisson = list("election_pps.csv", quote(svydesign(id = ~1, fpc = ~p, data = election_pps, pps = poisson_sampling(election_pps$p))),
    list(stages = list(stage(probability = "p")), unequal = list(method = "poisson"))),
  clus2_brewer = list("clus2_pps.csv", quote(svydesign(id = ~dnum + snum, fpc = ~p1 + p2, data = clus2, pps = "brewer")),
    list(stages = list(stage(cluster = "dnum", probability = "p1"), stage(cluster = "snum", probability = "p2")), unequal = list(method = "brewer"))),
  clus2_hr = list("clus2_pps.csv", quote(svydesign(id = ~dnum, fpc = ~p1, data = clus2, pps = HR())),
    list(stages = list(stage(cluster = "dnum", probability = "p1")), unequal = list(method = "hartley-rao"))),
  counties_fpc = list("counties3.csv", quote(svydesign(id = ~county + village + household, strata = ~region + NULL + kind, fpc = ~N1 + N2 + N3, data = counties, nest = TRUE)), NULL),
  counties_full = list("counties3.csv", quote(svydesign(id = ~county + village + interaction(village, kind, household), strata = ~region + one + kind, fpc = ~N1 + N2 + N3, data = counties, nest = TRUE, weights = ~w)),
    list(stages = list(stage(cluster = "county", strata = "region", population = "N1"), stage(cluster = "village", population = "N2"), stage(strata = "kind", population = "N3")), weights = "w", nested = TRUE)),
  counties_fraction = list("counties3.csv", quote(svydesign(id = ~county + village, strata = ~region + one, fpc = ~f1 + f2, data = counties, nest = TRUE, weights = ~w)),
    list(stages = list(stage(cluster = "county", strata = "region", population = "N1"), stage(cluster = "village", probability = "f2")), weights = "w", nested = TRUE)),
  counties_brewer = list("counties3.csv", quote(svydesign(id = ~county + village, strata = ~region + one, fpc = ~pc + pv, data = counties, nest = TRUE, weights = ~wp, pps = "brewer")),
    list(stages = list(stage(cluster = "county", strata = "region", probability = "pc"), stage(cluster = "village", probability = "pv")), weights = "wp", nested = TRUE, unequal = list(method = "brewer"))),
  counties_replacement = list("counties3.csv", quote(svydesign(id = ~county + village, strata = ~region + one, data = counties, nest = TRUE, weights = ~w)),
    list(stages = list(stage(cluster = "county", strata = "region"), stage(cluster = "village")), weights = "w", nested = TRUE)),
  rare = list("strat_rare.csv", quote(svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = strat)),
    list(stages = list(stage(strata = "stype", population = "fpc")), weights = "pw"))
)
designs$counties_fpc <- NULL
counties$one <- 1
counties$f1 <- ave(as.numeric(factor(counties$county)), counties$region, FUN = function(v) length(unique(v))) / counties$N1

est <- function(id, statistic, ...) list(id = id, statistic = statistic, ...)
cases <- list()
add <- function(design, call, estimate, fpc_design, options = NULL, dataset = NULL, plan = NULL, r = NULL) {
  entry <- tryCatch({
    v <- eval(call, envir = list(d = fpc_design), enclos = globalenv())
    table <- if (is.data.frame(v)) {
      list(estimate = unname(coef(v)), se = unname(SE(v)))
    } else if (inherits(v, "svyciprop")) {
      list(estimate = as.numeric(coef(v))[1], lower = as.numeric(confint(v))[1], upper = as.numeric(confint(v))[2])
    } else list(estimate = unname(as.vector(coef(v))), se = unname(as.vector(SE(v))))
    d <- tryCatch(deff(v), error = function(e) NULL)
    if (!is.null(d) && is.numeric(d)) table$deff <- unname(as.vector(if (is.matrix(d)) diag(d) else d))
    table$df <- degf(fpc_design)
    table
  }, error = function(e) list(error = conditionMessage(e)))
  cases[[length(cases) + 1]] <<- list(design = design, r_call = deparse1(call), options = options, estimates = estimate, expected = entry)
}

plain <- function(name, d) {
  if (grepl("^election", name)) {
    add(name, quote(svytotal(~Bush + Kerry, d)), list(est("a", "total", variables = c("Bush", "Kerry"))), d)
    add(name, quote(svymean(~Bush, d)), list(est("a", "mean", variables = "Bush")), d)
    add(name, quote(svyratio(~Bush, ~votes, d)), list(est("a", "ratio", numerator = "Bush", denominator = "votes")), d)
    add(name, quote(svytotal(~Kerry, subset(d, votes > 100000))), list(est("a", "total", variables = "Kerry", where = "votes > 100000")), d)
  } else if (grepl("^clus2", name)) {
    add(name, quote(svytotal(~api00, d)), list(est("a", "total", variables = "api00")), d)
    if (name == "clus2_hr") return() # survey 4.1 cannot take subsets of clustered Hartley-Rao designs
    add(name, quote(svymean(~enroll, d, na.rm = TRUE)), list(est("a", "mean", variables = "enroll", missing = "drop")), d)
    add(name, quote(svyby(~api00, ~stype, d, svymean)), list(est("a", "mean", variables = "api00", by = "stype")), d)
  } else if (name == "rare") {
    add(name, quote(svyciprop(~rare, d, method = "beta")), list(est("a", "proportion", variables = "rare", interval = list(method = "beta"))), d)
    add(name, quote(svyciprop(~rare, d, method = "likelihood", level = 0.9)), list(est("a", "proportion", variables = "rare", interval = list(method = "likelihood", level = 0.9))), d)
    add(name, quote(svyciprop(~rare, d, method = "logit")), list(est("a", "proportion", variables = "rare", interval = list(method = "logit"))), d)
    add(name, quote(svyciprop(~rare, d, method = "asin")), list(est("a", "proportion", variables = "rare", interval = list(method = "arcsine"))), d)
  } else {
    add(name, quote(svymean(~y, d)), list(est("a", "mean", variables = "y")), d)
    add(name, quote(svytotal(~y + size, d)), list(est("a", "total", variables = c("y", "size"))), d)
    add(name, quote(svyratio(~wrong, ~size, d)), list(est("a", "ratio", numerator = "wrong", denominator = "size")), d)
    add(name, quote(svyby(~wrong, ~group, denominator = ~size, d, svyratio)), list(est("a", "ratio", numerator = "wrong", denominator = "size", by = "group")), d)
    add(name, quote(svymean(~z, subset(d, region == "r1"), na.rm = TRUE)), list(est("a", "mean", variables = "z", where = "region == 'r1'", missing = "drop")), d)
    add(name, quote(svymean(~y, d, deff = TRUE)), list(est("a", "mean", variables = "y", design_effect = TRUE)), d)
    add(name, quote(svytotal(~y, subset(d, group == "g1"), deff = "replace")), list(est("a", "total", variables = "y", where = "group == 'g1'", design_effect = "replace")), d)
    add(name, quote(svyratio(~wrong, ~size, d, deff = TRUE)), list(est("a", "ratio", numerator = "wrong", denominator = "size", design_effect = TRUE)), d)
  }
}
written <- list()
for (name in names(designs)) {
  item <- designs[[name]]
  written[[name]] <- list(dataset = item[[1]], r = deparse1(item[[2]]), plan = item[[3]])
  plain(name, eval(item[[2]]))
}

lonely$one <- 1
forms <- list(
  lonely_fpc = list(quote(svydesign(id = ~county + village + interaction(village, kind, household), strata = ~region + one + kind, fpc = ~N1 + N2 + N3, weights = ~w, data = lonely, nest = TRUE)),
    list(stages = list(stage(cluster = "county", strata = "region", population = "N1"), stage(cluster = "village", population = "N2"), stage(strata = "kind", population = "N3")), weights = "w", nested = TRUE)),
  lonely_replacement = list(quote(svydesign(id = ~county, strata = ~region, weights = ~w, data = lonely, nest = TRUE)),
    list(stages = list(stage(cluster = "county", strata = "region")), weights = "w", nested = TRUE))
)
for (name in names(forms)) for (rule in c("fail", "remove", "certainty", "adjust", "average")) for (domain in c(FALSE, TRUE)) {
  key <- paste(name, rule, if (domain) "domain" else "plain", sep = "_")
  plan <- c(forms[[name]][[2]], list(lonely_psu = rule, lonely_domain = domain))
  written[[key]] <- list(dataset = "lonely.csv", r = deparse1(forms[[name]][[1]]), plan = plan)
  options(survey.lonely.psu = rule, survey.adjust.domain.lonely = domain)
  d <- eval(forms[[name]][[1]])
  o <- list(survey.lonely.psu = rule, survey.adjust.domain.lonely = domain)
  suppressWarnings({
    # survey 4.1 centres "adjust" at zero, 4.5 at the mean over all strata: the same for means, whose scores sum to zero, and
    # for the first stage only.
    if (rule == "adjust" && name == "lonely_fpc") next
    add(key, quote(svymean(~y, d)), list(est("a", "mean", variables = "y")), d, o)
    if (rule != "adjust") add(key, quote(svytotal(~y, d)), list(est("a", "total", variables = "y")), d, o)
    add(key, quote(svyratio(~wrong, ~size, d)), list(est("a", "ratio", numerator = "wrong", denominator = "size")), d, o)
    if (rule != "fail") add(key, quote(svyby(~y, ~group, d, svymean)), list(est("a", "mean", variables = "y", by = "group")), d, o)
    add(key, quote(svymean(~y, subset(d, region %in% c("q1", "q2")))), list(est("a", "mean", variables = "y", where = "region in ['q1', 'q2']")), d, o)
  })
}

meta <- list(r_version = R.version.string, survey_version = as.character(packageVersion("survey")), date = format(Sys.Date()), made_by = "make_survey41.R")
write(toJSON(list(meta = meta, designs = written, cases = cases), digits = I(15), auto_unbox = TRUE, na = "string", pretty = TRUE), "survey41.json")
cat(length(cases), "cases\n")
