# Makes poisson41.json and data/poisson.csv: units taken each by itself (Poisson sampling), with subsamples inside.
# Run in this folder: Rscript make_poisson41.R. The R version, package version and date are written into the file.
#
# R's pps = poisson_sampling() knows one stage: it is given the units' totals. The variance inside a unit, which R gives
# unit by unit, is added with the unit's probability, as R itself does for designs of several stages.
suppressMessages(library(survey))
library(jsonlite)
set.seed(20261123)
villages <- data.frame(stratum = rep(c("east", "west"), c(7, 6)), village = paste0("v", 1:13), N = c(14, 9, 12, 8, 5, 20, 7, 11, 6, 9, 16, 3, 10))
villages$p <- round(c(runif(12, 0.1, 0.8), 1), 3)  # the last one is a certainty
data <- do.call(rbind, lapply(seq_len(nrow(villages)), function(i) {
  v <- villages[i, ]
  taken <- min(4, v$N)
  data.frame(v, taken = taken, household = paste0(v$village, "h", seq_len(taken)), kind = sample(c("a", "b"), taken, replace = TRUE),
    persons = sample(1:6, taken, replace = TRUE), row.names = NULL)
}))
data$cases <- rbinom(nrow(data), data$persons, 0.3)
data$w <- with(data, N / taken / p)
write.csv(data, "data/poisson.csv", row.names = FALSE)
data <- read.csv("data/poisson.csv")

between <- function(score) {
  units <- aggregate(list(total = data$w * score * data$p), data[c("village", "p")], sum)
  as.numeric(vcov(svytotal(~total, svydesign(id = ~1, fpc = ~p, data = units, pps = poisson_sampling(units$p)))))
}
inside <- function(score) {
  sum(sapply(split(cbind(data, score = score), data$village), function(own) {
    if (nrow(own) == own$N[1]) return(0)
    own$p[1] * as.numeric(vcov(svytotal(~score, svydesign(id = ~1, weights = ~w, fpc = ~N, data = own))))
  }))
}
cases <- list()
add <- function(id, estimate, score) cases[[length(cases) + 1]] <<- list(id = id, estimate = estimate, se = sqrt(between(score) + inside(score)))
for (kind in c("", "a", "b")) {
  here <- if (kind == "") rep(TRUE, nrow(data)) else data$kind == kind
  X <- sum((data$w * data$persons)[here]); Y <- sum((data$w * data$cases)[here])
  add(paste0("total_", kind), Y, data$cases * here)
  add(paste0("ratio_", kind), Y / X, (data$cases - Y / X * data$persons) / X * here)
}
write_json(list(made_by = "Rscript make_poisson41.R", r = R.version.string, survey = as.character(packageVersion("survey")), date = as.character(Sys.Date()), cases = cases),
  "poisson41.json", auto_unbox = TRUE, digits = NA, pretty = TRUE)
