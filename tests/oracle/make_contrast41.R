# Makes contrast41.json: contrasts of domains and levels with their covariances. Run in this folder: Rscript make_contrast41.R.
# R and survey version and date are written into the file.
suppressMessages(library(survey)); library(jsonlite)
read <- function(name) read.csv(file.path("data", name))
designs <- list(
  clus1 = list(dataset = "apiclus1.csv", r = "svydesign(id=~dnum, weights=~pw, fpc=~fpc, data=data)"),
  clus2 = list(dataset = "apiclus2.csv", r = "svydesign(id=~dnum+snum, fpc=~fpc1+fpc2, data=data)"),
  jackknife = list(dataset = "apiclus1.csv", r = "as.svrepdesign(svydesign(id=~dnum, weights=~pw, data=data), type='JK1')"))
cases <- list()
contrast <- function(design, r_call, statement, expression) {
  # Without its replicates R takes the delta method; with them it evaluates the expression for each.
  if (design == "jackknife" && grepl("quote", r_call)) r_call <- sub("covmat=TRUE)", "covmat=TRUE, return.replicates=TRUE)", r_call, fixed = TRUE)
  data <- read(designs[[design]]$dataset); d <- eval(parse(text = designs[[design]]$r))
  found <- eval(parse(text = r_call))
  cases[[length(cases) + 1]] <<- list(design = design, r_call = r_call, statement = statement, expression = expression,
    estimate = as.numeric(coef(found)), se = as.numeric(SE(found)))
}
mean_by <- list(statistic = "mean", variables = I("api00"), by = I("stype"))
total_by <- list(statistic = "total", variables = I("enroll"), by = I("stype"))
levels <- list(statistic = "mean", variables = I("stype"), categorical = I("stype"))
ratio_by <- list(statistic = "ratio", numerator = "api.stu", denominator = "enroll", by = I("stype"))
of <- function(column, level) sprintf("x[%s=%s]", column, level)
for (design in c("clus1", "clus2", "jackknife")) {
  contrast(design, "svycontrast(svyby(~api00, ~stype, d, svymean, covmat=TRUE), c(E=1, H=-0.5, M=-0.5))", mean_by, "x[stype=E] - 0.5 * x[stype=H] - 0.5 * x[stype=M]")
  contrast(design, "svycontrast(svyby(~api00, ~stype, d, svymean, covmat=TRUE), quote(log(E/H)))", mean_by, "log(x[stype=E] / x[stype=H])")
  contrast(design, "svycontrast(svymean(~stype, d), c(stypeE=1, stypeM=-2))", levels, "x[level=E] - 2 * x[level=M]")
}
for (design in c("clus1", "jackknife")) {
  contrast(design, "svycontrast(svyby(~enroll, ~stype, d, svytotal, covmat=TRUE), quote(E/(E+H+M)))", total_by, "x[stype=E] / (x[stype=E] + x[stype=H] + x[stype=M])")
  contrast(design, "svycontrast(svyby(~api.stu, ~stype, d, svyratio, denominator=~enroll, covmat=TRUE), c(1, -1, 0))", ratio_by, "x[stype=E] - x[stype=H]")
}
write_json(list(made_by = "Rscript make_contrast41.R", r = R.version.string, survey = as.character(packageVersion("survey")),
  date = as.character(Sys.Date()), designs = designs, cases = cases), "contrast41.json", auto_unbox = TRUE, digits = 15, pretty = TRUE)
