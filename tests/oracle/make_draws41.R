# Makes draws41.json and data/draws.csv: numbers of R's survey for units that were drawn several times with replacement.
# Run in this folder: Rscript make_draws41.R. The R version, package version and date are written into the file.
#
# Every row of a unit drawn k times is repeated once for each draw: ids per draw, weight / k. That is the whole variance
# where units were taken in full, or are the last stage. Where k times a subsample was drawn in a unit, the draws of the
# unit share it, and (k - 1) n / (k (n - 1)) of the variance inside the unit is added, which R gives unit by unit.
suppressMessages(library(survey))
library(jsonlite)
set.seed(20261122)
villages <- data.frame(stratum = rep(c("east", "west"), c(6, 5)), village = paste0("v", 1:11), k = c(3, 1, 2, 1, 1, 4, 1, 2, 1, 1, 3))
villages$N <- c(14, 9, 12, 8, 5, 20, 7, 11, 6, 9, 16)
villages$z <- round(runif(11, 0.02, 0.2), 3)  # probability of a single draw
villages$n <- ave(villages$k, villages$stratum, FUN = sum)
m <- 2
data <- do.call(rbind, lapply(seq_len(nrow(villages)), function(i) {
  v <- villages[i, ]
  taken <- min(v$k * m, v$N)
  data.frame(v, household = paste0(v$village, "h", seq_len(taken)), taken = taken,
    kind = sample(c("a", "b"), taken, replace = TRUE), persons = sample(1:6, taken, replace = TRUE), row.names = NULL)
}))
data$cases <- rbinom(nrow(data), data$persons, 0.3)
data$w <- with(data, k / (n * z) * N / taken)
data$often <- sample(1:3, nrow(data), replace = TRUE)  # for the last stage: how often the household itself was drawn
data$wo <- round(runif(nrow(data), 5, 50), 2) * data$often
write.csv(data[, c("stratum", "village", "k", "N", "household", "kind", "persons", "cases", "w", "often", "wo", "taken")], "data/draws.csv", row.names = FALSE)
data <- read.csv("data/draws.csv")

by_draw <- function(data, k, unit, weight) {
  again <- data[rep(seq_len(nrow(data)), data[[k]]), ]
  again$number <- sequence(data[[k]])
  again$draw <- paste(again[[unit]], again$number)
  again$weight <- again[[weight]] / again[[k]]
  svydesign(id = ~draw, strata = ~stratum, weights = ~weight, data = again, nest = TRUE)
}
# The part of the variance of sum(w * score) that the draws of a unit do not show.
inside <- function(data, score) {
  n <- tapply(data$k[!duplicated(data$village)], data$stratum[!duplicated(data$village)], sum)
  sum(sapply(split(cbind(data, score = score), data$village), function(own) {
    k <- own$k[1]
    if (k == 1 || nrow(own) == own$N[1]) return(0)
    total <- svytotal(~score, svydesign(id = ~1, weights = ~w, fpc = ~N, data = own))
    (k - 1) * n[[own$stratum[1]]] / (k * (n[[own$stratum[1]]] - 1)) * as.numeric(vcov(total))
  }))
}
cases <- list()
add <- function(id, design, found, df, extra = 0) {
  cases[[length(cases) + 1]] <<- list(id = id, design = design, estimate = as.numeric(coef(found)), se = sqrt(as.numeric(vcov(found)) + extra), df = df)
}
figures <- function(name, design, data, weight, within) {
  X <- sum(data[[weight]] * data$persons); R <- sum(data[[weight]] * data$cases) / X
  add("total", name, svytotal(~cases, design), degf(design), within(data$cases))
  add("ratio", name, svyratio(~cases, ~persons, design), degf(design), within((data$cases - R * data$persons) / X))
  for (kind in c("a", "b")) {
    inside_kind <- data$kind == kind
    part <- design[design$variables$kind == kind, ]
    X <- sum((data[[weight]] * data$persons)[inside_kind]); R <- sum((data[[weight]] * data$cases)[inside_kind]) / X
    add(paste0("total_", kind), name, svytotal(~cases, part), degf(part), within(data$cases * inside_kind))
    add(paste0("ratio_", kind), name, svyratio(~cases, ~persons, part), degf(part), within((data$cases - R * data$persons) / X * inside_kind))
  }
}
villages_by_draw <- by_draw(data, "k", "village", "w")
figures("in_full", villages_by_draw, data, "w", function(score) 0)
figures("subsampled", villages_by_draw, data, "w", function(score) inside(data, score))
figures("households", by_draw(data, "often", "household", "wo"), data, "wo", function(score) 0)
write_json(list(made_by = "Rscript make_draws41.R", r = R.version.string, survey = as.character(packageVersion("survey")), date = as.character(Sys.Date()), cases = cases),
  "draws41.json", auto_unbox = TRUE, digits = NA, pretty = TRUE)
