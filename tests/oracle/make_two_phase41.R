# Makes two_phase41.json and data/two_phase.csv: samples drawn in two phases.
# Run in this folder: Rscript make_two_phase41.R. The R version, package version and date are written into the file.
#
# Every region has as many villages, every village as many households: where they differ, the matrix of the first phase
# in survey 4.1 takes the number of one stratum for all (x$dcheck$phase1: -(1 - f) / (n - 1) has another stratum's n). A
# first phase with replacement is left out: "full" takes its units for independent there.
suppressMessages(library(survey))
library(jsonlite)
set.seed(20261122)
villages <- data.frame(region = rep(c("east", "west"), c(6, 6)), village = paste0("v", 1:12), N1 = rep(c(20, 30), c(6, 6)))
d <- do.call(rbind, lapply(seq_len(nrow(villages)), function(i) data.frame(villages[i, ], N2 = 16, household = paste0("h", i, "_", 1:6),
  kind = sample(c("a", "b", "c"), 6, replace = TRUE), head = sample(c("f", "m"), 6, replace = TRUE), persons = sample(1:6, 6, replace = TRUE), row.names = NULL)))
d$NE <- ifelse(d$region == "east", 200, 300)
d$income <- round(d$persons * 2 + rnorm(12, 0, 2)[as.integer(factor(d$village))] + rnorm(nrow(d), 10, 3), 2)
some <- function(share) { taken <- rep(0, nrow(d)); for (kind in names(share)) { here <- which(d$kind == kind); taken[sample(here, round(length(here) * share[[kind]]))] <- 1 }; taken }
d$few <- some(list(a = 0.5, b = 0.4, c = 0.7))
d$half <- as.numeric(d$village %in% c(sample(villages$village[1:6], 4), sample(villages$village[7:12], 3)))
write.csv(d, "data/two_phase.csv", row.names = FALSE)
d <- read.csv("data/two_phase.csv"); d$few <- d$few == 1; d$half <- d$half == 1

designs <- list(
  elements = quote(twophase(id = list(~household, ~household), strata = list(~region, ~kind), fpc = list(~NE, NULL), subset = ~few, data = d, method = method)),
  villages_then_households = quote(twophase(id = list(~village + household, ~household), strata = list(~region, ~kind), fpc = list(~N1 + N2, NULL), subset = ~few, data = d, method = method)),
  half_of_the_villages = quote(twophase(id = list(~village + household, ~village), strata = list(~region, ~region), fpc = list(~N1 + N2, NULL), subset = ~half, data = d, method = method)))
asked <- list(total = "svytotal(~income, d)", mean = "svymean(~income, d)", ratio = "svyratio(~income, ~persons, d)", mean_f = "svymean(~income, subset(d, head == 'f'))",
  total_m = "svytotal(~income, subset(d, head == 'm'))", ratio_a = "svyratio(~income, ~persons, subset(d, kind == 'a'))")
cases <- list()
for (name in names(designs)) for (method in c("full", "simple")) {
  design <- try(eval(designs[[name]]), silent = TRUE)
  if (inherits(design, "try-error")) next
  for (id in names(asked)) {
    found <- try(eval(parse(text = sub(", d)", ", design)", sub("subset(d,", "subset(design,", asked[[id]], fixed = TRUE), fixed = TRUE))), silent = TRUE)
    se <- try(as.numeric(SE(found)), silent = TRUE)
    if (inherits(found, "try-error") || inherits(se, "try-error")) next
    cases[[length(cases) + 1]] <- list(id = paste(name, method, id, sep = "."), design = name, method = method, asked = id,
      r = gsub(" +", " ", paste(deparse(designs[[name]]), collapse = "")), r_call = asked[[id]], estimate = as.numeric(coef(found)), se = se)
  }
}
write_json(list(made_by = "Rscript make_two_phase41.R", r = R.version.string, survey = as.character(packageVersion("survey")), date = as.character(Sys.Date()), cases = cases),
  "two_phase41.json", auto_unbox = TRUE, digits = NA, pretty = TRUE)
