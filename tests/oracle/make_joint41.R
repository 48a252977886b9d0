# Makes joint41.json, data/election_joint.csv and data/tille.csv, data/tille_joint.csv: joint inclusion probabilities.
# Run in this folder: Rscript make_joint41.R. The R version, package versions and date are written into the file.
suppressMessages({library(survey); library(sampling)})
library(jsonlite)
data(election)
write.csv(election_jointprob, "data/election_joint.csv", row.names = FALSE)

# Forty villages drawn by the elimination procedure of Tillé with R sampling's joint probabilities, and invented answers.
set.seed(20261122)
N <- 120
size <- round(rlnorm(N, 5, 0.4)) + 20
pik <- inclusionprobabilities(size, 40)
taken <- UPtille(pik) == 1
joint <- UPtillepi2(pik)[taken, taken]
villages <- data.frame(village = sprintf("v%03d", which(taken)), size = size[taken], p = pik[taken], kind = sample(c("a", "b", "c"), sum(taken), replace = TRUE))
villages$cases <- rbinom(nrow(villages), villages$size, 0.1)
villages <- villages[sample(nrow(villages)), ]
joint <- joint[order(which(taken)), ][match(villages$village, sprintf("v%03d", which(taken))), match(villages$village, sprintf("v%03d", which(taken)))]
villages$w <- 1 / villages$p
write.csv(villages, "data/tille.csv", row.names = FALSE)
write.csv(joint, "data/tille_joint.csv", row.names = FALSE)
villages <- read.csv("data/tille.csv")
joint <- as.matrix(read.csv("data/tille_joint.csv"))

cases <- list()
add <- function(id, dataset, file, variance, r, r_call, found) {
  cases[[length(cases) + 1]] <<- list(id = id, dataset = dataset, joint = file, variance = variance, r = r, r_call = r_call,
    estimate = as.numeric(coef(found)), se = as.numeric(SE(found)))
}
asked <- function(prefix, dataset, file, p, designs, calls) {
  for (variance in c("HT", "YG")) for (call in names(calls)) {
    r <- sprintf("svydesign(id = ~1, fpc = ~p, data = %s, pps = ppsmat(%s), variance = \"%s\")", dataset, file, variance)
    d <- designs[[variance]]
    add(paste(prefix, tolower(variance), call, sep = "_"), paste0(dataset, ".csv"), paste0(file, ".csv"), tolower(variance), r, calls[[call]], eval(parse(text = calls[[call]])))
  }
}
election <- list(HT = svydesign(id = ~1, fpc = ~p, data = election_pps, pps = ppsmat(election_jointprob), variance = "HT"),
  YG = svydesign(id = ~1, fpc = ~p, data = election_pps, pps = ppsmat(election_jointprob), variance = "YG"))
asked("election", "election_pps", "election_joint", NULL, election, list(total_Bush = "svytotal(~Bush, d)", mean_Bush = "svymean(~Bush, d)",
  ratio_Kerry_votes = "svyratio(~Kerry, ~votes, d)", total_Bush_where = "svytotal(~Bush, subset(d, Bush > Kerry))"))
tille <- list(HT = svydesign(id = ~1, fpc = ~p, data = villages, pps = ppsmat(joint), variance = "HT"),
  YG = svydesign(id = ~1, fpc = ~p, data = villages, pps = ppsmat(joint), variance = "YG"))
asked("tille", "tille", "tille_joint", NULL, tille, list(total_cases = "svytotal(~cases, d)", mean_cases = "svymean(~cases, d)",
  ratio_cases_size = "svyratio(~cases, ~size, d)", ratio_by_a = "svyratio(~cases, ~size, subset(d, kind == 'a'))",
  ratio_by_b = "svyratio(~cases, ~size, subset(d, kind == 'b'))", ratio_by_c = "svyratio(~cases, ~size, subset(d, kind == 'c'))"))
# The same numbers by the approximations, which need no matrix, and by R sampling's own functions.
near <- list(brewer = svydesign(id = ~1, fpc = ~p, data = villages, pps = "brewer"), overton = svydesign(id = ~1, fpc = ~p, data = villages, pps = "overton"),
  hartley_rao = svydesign(id = ~1, fpc = ~p, data = villages, pps = HR()), hartley_rao_psum = svydesign(id = ~1, fpc = ~p, data = villages, pps = HR(sum(pik^2) / 40)))
approximate <- lapply(names(near), function(name) list(method = name, psum = if (name == "hartley_rao_psum") sum(pik^2) / 40 else NA,
  se = as.numeric(SE(svytotal(~cases, near[[name]])))))
by_hand <- list(varHT_1 = varHT(villages$cases, joint, 1), varHT_2 = varHT(villages$cases, joint, 2), varest_1 = varest(villages$cases, pik = villages$p))
write_json(list(made_by = "Rscript make_joint41.R", r = R.version.string, survey = as.character(packageVersion("survey")),
  sampling = as.character(packageVersion("sampling")), date = as.character(Sys.Date()), cases = cases, approximate = approximate, r_sampling = by_hand),
  "joint41.json", auto_unbox = TRUE, digits = NA, pretty = TRUE)
