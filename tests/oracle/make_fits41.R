# Makes fits41.json: tests and models of R's survey that survey45.json has no cases of.
# Run in this folder: Rscript make_fits41.R. The R version, package version and date are written into the file.
#
# `design` names a design of survey45.json; `statement` is the plan's statement, the other fields are R's figures.
suppressMessages(library(survey))
library(jsonlite)
data(api)
# As texts, so that a subset has no levels that it does not show.
for (name in c("apistrat", "apiclus1", "apiclus2", "apisrs")) {
  read <- get(name)
  read$stype <- as.character(read$stype)
  assign(name, read)
}
designs <- list(
  strat_fpc = svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = apistrat),
  clus1 = svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = apiclus1),
  clus2 = svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2),
  srs = svydesign(id = ~1, fpc = ~fpc, weights = ~pw, data = apisrs)
)
designs$r_jk1 <- as.svrepdesign(designs$clus1, type = "JK1", compress = FALSE)
designs$r_jkn <- as.svrepdesign(designs$strat_fpc, type = "JKn", compress = FALSE)
types <- data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018))
wide <- data.frame(sch.wide = c("No", "Yes"), Freq = c(1072, 5122))
designs$rk1 <- rake(designs$clus1, list(~stype, ~sch.wide), list(types, wide), control = list(maxit = 200, epsilon = 1e-10))
totals <- c("(Intercept)" = 6194, stypeH = 755, stypeM = 1018, api99 = 3914069)
designs$cal_linear_clus2 <- calibrate(designs$clus2, ~stype + api99, totals, calfun = "linear", bounds = c(-Inf, Inf), epsilon = 1e-10, maxit = 200)

cases <- list()
add <- function(id, design, call, statement, where, rows) {
  statement$missing <- "drop"
  if (!is.null(where)) statement$where <- where
  found <- list(id = id, design = design, r_call = paste(deparse(call, width.cutoff = 500), collapse = " "), statement = statement, rows = rows)
  cases[[length(cases) + 1]] <<- found
}
part <- function(design, subset) if (is.null(subset)) designs[[design]] else eval(bquote(subset(designs[[design]], .(subset))))
glm_case <- function(id, design, formula, family, name, plan = deparse(formula), subset = NULL, where = NULL) {
  d <- part(design, subset)
  call <- bquote(svyglm(.(formula), d, family = .(family)))
  m <- suppressWarnings(eval(call))
  df <- m$df.residual
  rows <- lapply(seq_along(coef(m)), function(i) {
    se <- as.numeric(SE(m))[i]; b <- as.numeric(coef(m))[i]
    list(variable = names(coef(m))[i], estimate = b, se = se, df = df, statistic = b / se, p_value = 2 * pt(-abs(b / se), df),
      low = b - qt(0.975, df) * se, high = b + qt(0.975, df) * se)
  })
  add(id, design, call, list(statistic = "glm", formula = plan, family = name), where, rows)
}
test_case <- function(id, design, call, statement, subset = NULL, where = NULL) {
  d <- part(design, subset)
  t <- suppressWarnings(eval(call))
  row <- list(statistic = as.numeric(t$statistic), p_value = as.numeric(t$p.value))
  if (length(t$parameter) == 1) row$df <- as.numeric(t$parameter)
  if (length(t$parameter) == 2) { row$df_numerator <- as.numeric(t$parameter)[1]; row$df <- as.numeric(t$parameter)[2] }
  if (statement$statistic == "ttest") {
    row$estimate <- as.numeric(t$estimate)
    row$low <- as.numeric(t$conf.int)[1]; row$high <- as.numeric(t$conf.int)[2]
  }
  # For more than two groups survey 4.1 has statistic and degrees of freedom in each other's place.
  if (!is.null(t$ddf)) row <- list(statistic = as.numeric(t$parameter), p_value = as.numeric(t$p.value), df = as.numeric(t$ddf), df_numerator = as.numeric(t$statistic))
  add(id, design, call, statement, where, list(row))
}
G <- quote(gaussian()); Q <- quote(quasibinomial()); P <- quote(quasipoisson())
for (d in c("strat_fpc", "clus1", "clus2", "srs", "r_jk1", "r_jkn", "rk1", "cal_linear_clus2")) {
  glm_case(paste0("poisson_", d), d, api.stu ~ sch.wide + I(meals/100), P, "poisson")
  glm_case(paste0("crossed_", d), d, api00 ~ ell * sch.wide, G, "gaussian")
  glm_case(paste0("logistic_", d), d, sch.wide ~ log(meals + 1) + ell, Q, "binomial")
  test_case(paste0("ttest_", d), d, quote(svyttest(api00 ~ comp.imp, d)), list(statistic = "ttest", formula = "api00 ~ comp.imp"))
  test_case(paste0("one_mean_", d), d, quote(svyttest(I(api00 - 640) ~ 0, d)), list(statistic = "ttest", variables = I("api00"), null = 640))
  test_case(paste0("wilcoxon_", d), d, quote(svyranktest(api99 ~ comp.imp, d)), list(statistic = "ranktest", variables = c("api99", "comp.imp")))
  for (s in c("F", "Chisq", "adjWald")) {
    call <- bquote(svychisq(~awards + stype, d, statistic = .(s)))
    test_case(paste0(s, "_", d), d, call, list(statistic = "chisq", variables = c("awards", "stype"), test = s))
  }
}
for (d in c("clus1", "clus2", "srs")) {
  for (t in c("vanderWaerden", "median")) {
    call <- bquote(svyranktest(api00 ~ comp.imp, d, test = .(t)))
    test_case(paste0(t, "_", d), d, call, list(statistic = "ranktest", variables = c("api00", "comp.imp"), test = t))
  }
  for (t in c("KruskalWallis", "median")) {
    call <- bquote(svyranktest(api00 ~ stype, d, test = .(t)))
    test_case(paste0(t, "_three_", d), d, call, list(statistic = "ranktest", variables = c("api00", "stype"), test = t))
  }
}
# Not over the simple sample: its design effects are equal, and R's degrees of freedom then hang on a rounding error.
for (d in c("strat_fpc", "clus1", "clus2", "rk1")) {
  test_case(paste0("lincom_", d), d, quote(svychisq(~comp.imp + stype, d, statistic = "saddlepoint")), list(statistic = "chisq", variables = c("comp.imp", "stype"), test = "lincom"))
}
high <- quote(stype != "M"); elementary <- quote(stype == "E")
for (d in c("strat_fpc", "clus1", "clus2", "srs")) {
  glm_case(paste0("no_intercept_", d), d, api00 ~ stype + ell - 1, G, "gaussian")
  glm_case(paste0("nested_", d), d, api00 ~ comp.imp + comp.imp:meals, G, "gaussian")
  glm_case(paste0("domain_", d), d, api00 ~ ell + meals, G, "gaussian", subset = elementary, where = "stype == 'E'")
  glm_case(paste0("domain_logistic_", d), d, I(sch.wide == "Yes") ~ meals, Q, "quasibinomial", subset = elementary, where = "stype == 'E'")
  glm_case(paste0("missing_", d), d, enroll ~ stype, G, "gaussian")
  test_case(paste0("domain_F_", d), d, quote(svychisq(~awards + stype, d)), list(statistic = "chisq", variables = c("awards", "stype")), subset = high, where = "stype != 'M'")
  test_case(paste0("domain_ttest_", d), d, quote(svyttest(meals ~ awards, d)), list(statistic = "ttest", variables = c("meals", "awards")), subset = elementary, where = "stype == 'E'")
  test_case(paste0("domain_ranks_", d), d, quote(svyranktest(meals ~ awards, d)), list(statistic = "ranktest", variables = c("meals", "awards")), subset = elementary, where = "stype == 'E'")
}
# A table with empty cells: year-round schools are elementary schools almost all.
test_case("empty_cells_F", "clus1", quote(svychisq(~yr.rnd + stype, d)), list(statistic = "chisq", variables = c("yr.rnd", "stype")))
test_case("empty_cells_Chisq", "clus1", quote(svychisq(~yr.rnd + stype, d, statistic = "Chisq")), list(statistic = "chisq", variables = c("yr.rnd", "stype"), test = "Chisq"))
write_json(list(made_by = "Rscript make_fits41.R", r = R.version.string, survey = as.character(packageVersion("survey")), date = as.character(Sys.Date()), cases = cases),
  "fits41.json", digits = I(15), auto_unbox = TRUE, pretty = 1)
