# Time R survey on the tasks of the study of estimates: Rscript estimate_peers.R TASK FOLDER
# Reads raw little-endian columns, so that R needs no package to read Parquet. Prints one line of JSON as estimate_peers.py.
arguments <- commandArgs(TRUE)
task <- arguments[1]; folder <- arguments[2]
suppressMessages(library(survey))
column <- function(name) {
  path <- file.path(folder, "columns", paste0(name, ".i4"))
  if (file.exists(path)) return(readBin(path, "integer", file.size(path) / 4, size = 4, endian = "little"))
  path <- file.path(folder, "columns", paste0(name, ".f8"))
  readBin(path, "double", file.size(path) / 8, size = 8, endian = "little")
}
indicators <- switch(task, "means" = 60, "two-stage" = 60, "raking" = 1, "intervals" = 5, 10)
names <- c("province", "stratum", "county", "village", "w", "N1", "M2", "type", "size_class", paste0("x", 1:indicators))
d <- as.data.frame(sapply(names, column, simplify = FALSE))
f <- as.formula(paste("~", paste0("x", 1:indicators, collapse = "+")))
county <- function() svydesign(id = ~county, strata = ~stratum, weights = ~w, data = d)
of_mean <- function(m) list(estimate = unname(coef(m)), se = unname(SE(m)))
of_by <- function(b) {
  x <- paste0("x", 1:indicators)
  list(estimate = unlist(b[, x], use.names = FALSE), se = unlist(b[, paste0("se.", x)], use.names = FALSE))
}
design <- county; figures <- of_mean
if (task == "means") work <- function(s) svymean(f, s)
if (task == "two-stage") {
  design <- function() svydesign(id = ~county + village, strata = ~stratum, weights = ~w, fpc = ~N1 + M2, data = d)
  work <- function(s) svymean(f, s)
}
if (task %in% c("domains", "given")) {
  # "given": the counties as strata, so that every county's error is the one given the county, as ours is
  if (task == "given") design <- function() svydesign(id = ~village, strata = ~county, weights = ~w, data = d)
  work <- function(s) svyby(f, ~county, s, svymean, vartype = c("se", "ci"))
  figures <- of_by
}
if (task == "bootstrap") {
  set.seed(1)
  work <- function(s) svymean(f, as.svrepdesign(s, type = "subbootstrap", replicates = 500))
}
if (task == "raking") {
  margins <- read.csv(file.path(folder, "margins.csv"))
  cells <- unique(margins$variable)
  totals <- lapply(cells, function(v) {
    own <- margins[margins$variable == v, ]
    setNames(data.frame(own$level, own$total), c(v, "Freq"))
  })
  formulas <- lapply(cells, function(v) as.formula(paste("~", v)))
  work <- function(s) svymean(~x1, rake(s, formulas, totals, control = list(maxit = 100, epsilon = 1e-12)))
}
if (task == "intervals") {
  # xlogit is the formula that others call logit; R's own logit fits a model and takes longer
  methods <- c(logit = "xlogit", beta = "beta", if (packageVersion("survey") >= "4.5") c(wilson = "wilson"))
  work <- function(s) lapply(methods, function(m) svyby(~x2, ~province, s, svyciprop, method = m, vartype = "ci"))
  figures <- function(found) {
    limits <- list()
    for (m in base::names(methods)) {
      limits[[paste("low", m)]] <- found[[m]][["ci_l"]]
      limits[[paste("high", m)]] <- found[[m]][["ci_u"]]
    }
    c(list(estimate = found[[1]][["x2"]]), limits)
  }
}
timed <- function(run) {
  gc(FALSE)
  spent <- system.time(found <- run())
  list(wall = spent[["elapsed"]], processor = spent[["user.self"]] + spent[["sys.self"]], found = found)
}
construction <- timed(design); s <- construction$found
first <- timed(function() work(s))
walls <- c(); processors <- c()
if (first$wall >= 3) { walls <- first$wall; processors <- first$processor }
while (length(walls) == 0 || (first$wall < 3 && length(walls) < 5 && sum(walls) < 4)) {
  run <- timed(function() work(s))
  walls <- c(walls, run$wall); processors <- c(processors, run$processor)
}
status <- readLines("/proc/self/status")
peak <- 1024 * as.numeric(gsub("[^0-9]", "", grep("^VmHWM:", status, value = TRUE)))
numbers <- function(x) paste0("[", paste(ifelse(is.finite(x), sprintf("%.17g", x), "null"), collapse = ", "), "]")
found <- figures(first$found)
told <- paste0('"', base::names(found), '": ', sapply(found, numbers), collapse = ", ")
cat(sprintf('{"label": "R survey %s", "design": %.6f, "peak": %.0f, "walls": %s, "processors": %s, "figures": {%s}}\n',
            packageVersion("survey"), construction$wall, peak, numbers(walls), numbers(processors), told))
