# Rscript make_power.R > power.json : power of two samples by power.t.test, whose test divides by an error with 2 n - 2 degrees of freedom.
library(jsonlite)
one <- function(p1, p2, n, deff, sides) {
  sd <- sqrt(deff * (p1 * (1 - p1) + p2 * (1 - p2)) / 2)
  found <- power.t.test(n = n, delta = abs(p2 - p1), sd = sd, sig.level = 0.05, type = "two.sample",
                        alternative = if (sides == 1) "one.sided" else "two.sided")
  list(p1 = p1, p2 = p2, n = n, deff = deff, sides = sides, df = 2 * n - 2, power = found$power)
}
cases <- list(one(0.05, 0.02, 400, 1, 2), one(0.05, 0.02, 400, 2, 2), one(0.90, 0.95, 300, 1, 1), one(0.3, 0.5, 8, 1, 2), one(0.2, 0.7, 4, 1.5, 1))
cat(toJSON(list(made = paste0(R.version.string, ", ", Sys.Date(), ", Rscript make_power.R"), cases = cases), auto_unbox = TRUE, digits = 12, pretty = TRUE), "\n")
