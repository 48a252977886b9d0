# Rscript make_allocate.R > allocate.json
# The best real shares within bounds, by a general optimiser: the least variance sum (N S)^2 / n for a budget sum c n, the
# budget being the one that buys the total (Cochran 1977, section 5.5). With equal costs that is the least variance for the total.
suppressMessages({library(nloptr); library(jsonlite)})
best <- function(budget, units, deviation, cost, low, high) {
  spread <- units * deviation
  value <- function(n) sum(spread^2 / n) / sum(spread)^2
  slope <- function(n) -spread^2 / n^2 / sum(spread)^2
  begin <- low + (high - low) * (budget - sum(cost * low)) / sum(cost * (high - low))
  slsqp(begin, value, gr = slope, lower = low, upper = high, heq = function(n) (sum(cost * n) - budget) / budget,
        heqjac = function(n) cost / budget, control = list(xtol_rel = 1e-14, ftol_rel = 1e-15, maxeval = 20000))$par
}
case <- function(name, total, units, deviation, cost = rep(1, length(units)), low = rep(1e-6, length(units)), high = units) {
  shares <- function(budget) best(budget, units, deviation, cost, low, high)
  if (all(cost == cost[1])) budget <- total * cost[1]
  else budget <- uniroot(function(b) sum(shares(b)) - total, range(cost) * total, tol = 1e-9)$root
  list(name = name, total = total, units = units, deviation = deviation, cost = cost, low = round(low), high = high, shares = shares(budget))
}
cases <- list(
  case("cities", 24, c(16, 48), c(232.04, 74.71)),
  case("caribou", 225, c(400, 30, 61, 18, 70, 120), c(3000, 2000, 9000, 2000, 12000, 1000)),
  case("bounded", 120, c(500, 80, 40, 900), c(0.30, 0.49, 0.50, 0.10), low = rep(10, 4), high = c(60, 40, 25, 60)),
  case("costs", 300, c(1200, 700, 90), c(0.20, 0.45, 0.50), c(40, 90, 250), high = c(1200, 700, 60)),
  case("costs with minimum", 60, c(5000, 300, 20, 4), c(0.14, 0.14, 0.40, 0.50), c(60, 60, 180, 400), low = rep(2, 4), high = c(5000, 300, 20, 4)))
cat(toJSON(list(made = paste0(R.version.string, ", nloptr ", packageVersion("nloptr"), ", ", Sys.Date(), ", Rscript make_allocate.R"),
                cases = cases), auto_unbox = TRUE, digits = 10, pretty = TRUE), "\n")
