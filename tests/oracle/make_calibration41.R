# Makes calibration41.json: estimates of calibrated designs, also in domains, seen by R's survey.
# Run in this folder: Rscript make_calibration41.R. The data sets are those of the package.
suppressMessages(library(survey))
library(jsonlite)
data(api)
types <- c(E = 4421, H = 755, M = 1018)
wide <- c(No = 1072, Yes = 5122)
totals <- c(`(Intercept)` = 6194, stypeH = 755, stypeM = 1018, api99 = 3914069)
by_type <- data.frame(stype = names(types), Freq = unname(types))
by_wide <- data.frame(sch.wide = names(wide), Freq = unname(wide))
margins <- list(stype = as.list(types), sch.wide = as.list(wide))
known <- list(formula = "1 + stype + api99", totals = as.list(totals))
exact <- list(maxit = 500, epsilon = 1e-11)

strat <- list(stages = list(list(strata = "stype", population = "fpc")), weights = "pw")
free <- list(stages = list(list(strata = "stype")), weights = "pw")
one <- list(stages = list(list(cluster = "dnum", population = "fpc")), weights = "pw")
two <- list(stages = list(list(cluster = "dnum", population = "fpc1"), list(cluster = "snum", population = "fpc2")))
r_strat <- svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = apistrat)
r_free <- svydesign(id = ~1, strata = ~stype, weights = ~pw, data = apistrat)
r_one <- svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = apiclus1)
r_two <- svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2)
r_jkn <- as.svrepdesign(r_free, type = "JKn", compress = FALSE)

calibration <- function(...) list(calibration = list(...))
designs <- list()
compiled <- list()
state <- function(name, dataset, base, more, call) {
  compiled[[name]] <<- eval(call)
  designs[[name]] <<- list(dataset = dataset, r = deparse1(call), plan = c(base, more))
}
state("linear", "apistrat.csv", strat, do.call(calibration, c(method = "linear", known)), quote(calibrate(r_strat, ~stype + api99, totals)))
state("free", "apistrat.csv", free, do.call(calibration, c(method = "linear", known)), quote(calibrate(r_free, ~stype + api99, totals)))
state("raked", "apistrat.csv", strat, calibration(method = "raking", margins = margins),
  quote(rake(r_strat, list(~stype, ~sch.wide), list(by_type, by_wide), control = exact)))
state("raking", "apiclus2.csv", two, do.call(calibration, c(method = "raking", known)),
  quote(calibrate(r_two, ~stype + api99, totals, calfun = "raking", maxit = 500, epsilon = 1e-11)))
state("bounded", "apiclus2.csv", two, calibration(method = "raking", formula = "1 + stype", totals = as.list(totals[1:3]), bounds = c(0.6, 1.7)),
  quote(calibrate(r_two, ~stype, totals[1:3], calfun = "raking", bounds = c(0.6, 1.7), maxit = 500, epsilon = 1e-11)))
state("logit", "apiclus1.csv", one, do.call(calibration, c(method = "logit", known, list(bounds = c(0.3, 4)))),
  quote(calibrate(r_one, ~stype + api99, totals, calfun = "logit", bounds = c(0.3, 4), maxit = 500, epsilon = 1e-11)))
state("clusters", "apiclus1.csv", one, do.call(calibration, c(method = "linear", known, list(aggregate_stage = 1))),
  quote(calibrate(r_one, ~stype + api99, totals, aggregate.stage = 1)))
state("cells", "apiclus2.csv", two, calibration(method = "poststratify", margins = margins["stype"]), quote(postStratify(r_two, ~stype, by_type)))
state("trimmed", "apistrat.csv", strat, do.call(calibration, c(method = "linear", known, list(trim = list(lower = 15, upper = 45)))),
  quote(trimWeights(calibrate(r_strat, ~stype + api99, totals), lower = 15, upper = 45)))
state("jackknife", "apistrat.csv", free, c(list(replicates = list(method = "jkn")), do.call(calibration, c(method = "linear", known))),
  quote(calibrate(r_jkn, ~stype + api99, totals, compress = FALSE)))
state("jackknife_raked", "apistrat.csv", free, c(list(replicates = list(method = "jkn")), calibration(method = "raking", margins = margins)),
  quote(rake(r_jkn, list(~stype, ~sch.wide), list(by_type, by_wide), control = exact)))

cases <- list()
add <- function(design, call, estimate) {
  d <- compiled[[design]]
  v <- eval(call)
  found <- list(estimate = unname(as.vector(coef(v))), se = unname(as.vector(SE(v))))
  cases[[length(cases) + 1]] <<- list(design = design, r_call = deparse1(call), estimates = list(c(list(id = "a"), estimate)), expected = found)
}
for (name in names(designs)) {
  add(name, quote(svytotal(~api00, d)), list(statistic = "total", variables = "api00"))
  add(name, quote(svyby(~api00, ~sch.wide, d, svymean)), list(statistic = "mean", variables = "api00", by = "sch.wide"))
  add(name, quote(svyby(~api00, ~comp.imp, d, svytotal)), list(statistic = "total", variables = "api00", by = "comp.imp"))
  add(name, quote(svyratio(~api00, ~api99, d)), list(statistic = "ratio", numerator = "api00", denominator = "api99"))
  add(name, quote(svyvar(~api00, d)), list(statistic = "variance", variables = "api00"))
  add(name, quote(svymean(~comp.imp, d)), list(statistic = "proportion", variables = "comp.imp"))
}

meta <- list(r_version = R.version.string, survey_version = as.character(packageVersion("survey")), date = format(Sys.Date()), made_by = "make_calibration41.R")
write(toJSON(list(meta = meta, designs = designs, cases = cases), digits = I(15), auto_unbox = TRUE, na = "string", pretty = TRUE), "calibration41.json")
cat(length(cases), "cases\n")
