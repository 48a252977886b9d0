# Makes quantile41.json: quantiles by every rule and interval, and variances. Run in this folder: Rscript make_quantile41.R.
# R and survey version and date are written into the file. Shares p at which F is flat or below the first value are left
# out: survey 4.1.1 takes the second value there, later versions the first (docs/estimate-plan.md, Quantiles). So is 0.71,
# where rounding puts the hf4 quantile of clus2 a hair below the value 773 that it lies on, and the limits with it.
suppressMessages(library(survey)); library(jsonlite)
read <- function(name) read.csv(file.path("data", name))
designs <- list(
  strat = list(dataset = "apistrat.csv", r = "svydesign(id=~1, strata=~stype, weights=~pw, fpc=~fpc, data=data)"),
  clus1 = list(dataset = "apiclus1.csv", r = "svydesign(id=~dnum, weights=~pw, fpc=~fpc, data=data)"),
  clus2 = list(dataset = "apiclus2.csv", r = "svydesign(id=~dnum+snum, weights=~pw, data=data)"),
  poststrata = list(dataset = "apiclus1.csv", r = paste("postStratify(svydesign(id=~dnum, weights=~pw, fpc=~fpc, data=data), ~stype,",
    "data.frame(stype=c('E','H','M'), Freq=c(4421,755,1018)))")),
  jackknife = list(dataset = "apiclus1.csv", r = "as.svrepdesign(svydesign(id=~dnum, weights=~pw, data=data), type='JK1')"))
build <- function(name) { data <- read(designs[[name]]$dataset); eval(parse(text = designs[[name]]$r)) }
cases <- list()
quantiles <- function(design, variable, p, rule = "math", type = "mean", level = 0.95, df = "degf", stype = NULL) {
  d <- build(design); call <- sprintf("svyquantile(~%s, d, c(%s), qrule='%s', interval.type='%s', alpha=%s%s, ci=TRUE)", variable,
    paste(p, collapse = ","), rule, type, format(1 - level), if (df == "Inf") ", df=Inf" else "")
  if (!is.null(stype)) { call <- sub("d,", sprintf("subset(d, stype=='%s'),", stype), call) }
  found <- suppressWarnings(eval(parse(text = call)))[[1]]
  cases[[length(cases) + 1]] <<- list(design = design, statistic = "quantile", variable = variable, p = I(p), rule = rule, type = type, level = level,
    df = df, stype = stype, r_call = call, estimate = I(unname(found[, 1])), lower = I(unname(found[, 2])), upper = I(unname(found[, 3])), se = I(unname(found[, 4])))
}
variances <- function(design, variable, stype = NULL) {
  d <- build(design); call <- sprintf("svyvar(~%s, d)", variable)
  if (!is.null(stype)) { call <- sub("d)", sprintf("subset(d, stype=='%s'))", stype), call, fixed = TRUE) }
  found <- suppressWarnings(eval(parse(text = call)))
  cases[[length(cases) + 1]] <<- list(design = design, statistic = "variance", variable = variable, stype = stype, r_call = call,
    estimate = I(as.numeric(coef(found))[1]), se = I(as.numeric(SE(found))[1]))
}
p <- c(0.13, 0.37, 0.52, 0.73, 0.88)
rules <- c("math", "school", "shahvaish", paste0("hf", 1:9))
for (rule in rules) for (design in c("strat", "clus1", "clus2")) quantiles(design, "api00", p, rule)
for (rule in rules) quantiles("strat", "meals", p, rule)
for (rule in rules) quantiles("strat", "api00", c(0.37, 0.52), rule, stype = "H")
for (type in c("beta", "xlogit", "asin")) for (design in c("strat", "clus1", "clus2")) for (rule in c("math", "hf6")) quantiles(design, "api00", p, rule, type)
for (type in c("mean", "xlogit", "asin")) quantiles("clus1", "api00", p, "hf8", type, 0.9, "Inf")
quantiles("clus1", "api00", c(0.02, 0.9, 0.98))
quantiles("clus1", "api00", c(0.1, 0.25, 0.5, 0.9), "math", "score")
for (rule in c("math", "hf4", "hf7")) for (design in c("jackknife", "poststrata")) quantiles(design, "api00", p, rule)
for (design in names(designs)) for (variable in c("api00", "meals")) for (stype in list(NULL, "H", "E")) variances(design, variable, stype)
write_json(list(made_by = "Rscript make_quantile41.R", r = R.version.string, survey = as.character(packageVersion("survey")),
  date = as.character(Sys.Date()), designs = designs, cases = cases), "quantile41.json", auto_unbox = TRUE, digits = 15, pretty = FALSE, na = "null", null = "null")
