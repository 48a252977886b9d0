# Makes tests/oracle/sampling29.json: exact joint probabilities and related numbers of R sampling 2.9.
#   Rscript tests/oracle/make_sampling29.R > tests/oracle/sampling29.json
suppressMessages({library(sampling); library(jsonlite)})

cases <- list()
add <- function(id, call, ...) cases[[length(cases) + 1]] <<- c(list(id = id, r_call = call), list(...))
maximum_entropy <- function(pik) {
  w <- UPMEpiktildefrompik(pik, eps = 1e-13)
  UPMEpik2frompikw(pik, w / (1 - w))
}

lists <- list(
  a = c(0.2, 0.7, 0.8, 0.5, 0.4, 0.4),
  b = c(0.07, 0.17, 0.41, 0.61, 0.83, 0.91),
  c = c(0.5, 0.5, 0.5, 0.5),
  d = inclusionprobabilities(c(3, 9, 1, 10, 5, 2, 7, 4, 2, 8), 4),
  e = inclusionprobabilities(seq(5, 60, by = 5), 5),
  f = inclusionprobabilities(((1:40) * 37) %% 101 + 10, 12)
)
for (name in names(lists)) {
  pik <- lists[[name]]
  # R stops where its recursion loses its digits: such lists are held by the identities in tests/unit alone.
  sampford <- tryCatch(UPsampfordpi2(pik), error = function(e) NULL)
  if (!is.null(sampford)) add(paste0("sampford_", name), "UPsampfordpi2(pik)", pik = pik, joint = sampford)
  add(paste0("maximum_entropy_", name), "w <- UPMEpiktildefrompik(pik, eps = 1e-13); UPMEpik2frompikw(pik, w/(1-w))", pik = pik, joint = maximum_entropy(pik))
  add(paste0("tille_", name), "UPtillepi2(pik)", pik = pik, joint = UPtillepi2(pik))
}
sizes <- list(
  plain = list(x = c(3, 9, 1, 14, 5, 2, 7, 4, 2, 8), n = 4),
  zero = list(x = c(0, 2, 3, 0, 5, 16), n = 2),
  certain = list(x = c(1, 1, 2, 3, 50, 200), n = 4),
  repeated = list(x = c(1, 1, 1, 1, 4, 8, 16, 32), n = 5)
)
for (name in names(sizes)) {
  x <- sizes[[name]]$x; n <- sizes[[name]]$n
  add(paste0("inclusionprobabilities_", name), "inclusionprobabilities(x, n)", x = x, n = n, pik = inclusionprobabilities(x, n))
}
cat(toJSON(list(
  made_by = "Rscript tests/oracle/make_sampling29.R > tests/oracle/sampling29.json",
  r = R.version.string, sampling = as.character(packageVersion("sampling")), date = "2026-11-22", cases = cases
), digits = 15, auto_unbox = TRUE))
