# Time R on the tasks of the draw study: Rscript draw_peers.R TASK FOLDER VILLAGES
# Reads raw little-endian columns, so that R needs no package to read Parquet. Prints one line of JSON as draw_peers.py.
arguments <- commandArgs(TRUE)
task <- arguments[1]; folder <- arguments[2]; villages <- as.integer(arguments[3])
suppressMessages(library(sampling))
column <- function(name, type) {
  path <- file.path(folder, name)
  size <- if (type == "integer") 4 else 8
  readBin(path, type, file.size(path) / size, size = size, endian = "little")
}
if (task == "pps") {
  label <- paste("R sampling", packageVersion("sampling"))
  stratum <- column("stratum.i4", "integer"); size <- column("size.f8", "double")
  numbers <- round(5000 * tapply(size, stratum, sum) / sum(size))
  work <- function() {
    taken <- 0
    for (h in unique(stratum)) {
      i <- which(stratum == h)
      pik <- inclusionprobabilities(size[i], numbers[[as.character(h)]])
      taken <- taken + sum(UPsystematic(pik))
    }
    taken
  }
} else {
  village <- column("village.i4", "integer")
  village <- village[village < villages]
  if (task == "srs") {
    label <- paste("R sampling", packageVersion("sampling"))
    frame <- data.frame(village = village)
    work <- function() nrow(strata(frame, "village", rep(20, villages), method = "srswor"))
  } else {
    label <- paste("base R", getRversion())
    work <- function() {
      o <- order(village, runif(length(village)), method = "radix")
      v <- village[o]
      first <- c(TRUE, v[-1] != v[-length(v)])
      place <- seq_along(v) - cummax(ifelse(first, seq_along(v), 0L))
      sum(place < 20)
    }
  }
}
invisible(work())
invisible(gc(FALSE))
spent <- system.time(count <- work())
status <- readLines("/proc/self/status")
peak <- 1024 * as.numeric(gsub("[^0-9]", "", grep("^VmHWM:", status, value = TRUE)))
cat(sprintf('{"label": "%s", "count": %d, "peak": %.0f, "wall": %.6f, "processor": %.6f}\n', label, as.integer(count),
            peak, spent[["elapsed"]], spent[["user.self"]] + spent[["sys.self"]]))
