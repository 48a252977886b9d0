# 用 R 核对一份报告的数字：只用 R 自带的功能和 survey 包，不用签发报告的程序。
# Check the figures of a report with R alone: base R and the package survey, nothing of the program that issued it.
#
# 用法：解压数据包，在它的文件夹里运行 Rscript check.R；退出码 0 全部相符，1 有不符，2 没能核对。
# Use: unpack the bundle, run "Rscript check.R" in its folder; exit code 0: all agree, 1: some differ, 2: not checked.
#
# answers.csv          每户一行 / a row for each household
# check-design.csv     抽样设计：每一级的单位、层、概率在哪一列 / where units, strata and chances of each stage stand
# check-plan.csv       分析方案（plan.yaml）的每一条 / every statement of the analysis plan
# results.csv          报告的结果（results.json）和印出的文字 / the report's results, and the text that is printed
# results.json         同样的结果，也嵌在 PDF 里 / the same results, which the PDF carries inside too

# What follows holds Chinese words: without UTF-8 they would not be equal to those of the files.
if (!l10n_info()$`UTF-8`) {
  for (locale in c("C.UTF-8", "en_US.UTF-8", "UTF-8")) {
    if (nzchar(suppressWarnings(Sys.setlocale("LC_CTYPE", locale)))) break
  }
}

TOLERANCE <- 1e-6    # of a figure, relative
SMALLEST <- 1e-9     # differences below this are rounding, whatever the figure
ALMOST_NONE <- 1e-12 # the sampling fraction of units that count as drawn with replacement
ALONE <- "alone"     # begins the labels of rows below units that were all taken
EDGE <- 1e-12        # rates nearer to 0 or 1 than this are 0 or 1
IN_SURVEY <- c("", "brewer", "hartley-rao", "with-replacement")
BY_FORMULA <- c("draws", "poisson")
FIELDS <- c("estimate", "se", "low", "high", "df", "n", "n_effective", "deff", "bound", "verdict")
PERCENT <- c("estimate", "se", "low", "high", "bound")
OPPOSITE <- c(upper = "lower", lower = "upper")

say <- function(...) cat(..., "\n", sep = "")

stop_unchecked <- function(...) {
  say(...)
  quit(status = 2)
}

read_table <- function(file) {
  if (!file.exists(file)) stop_unchecked("缺少文件 / file missing: ", file)
  read.csv(file, colClasses = "character", encoding = "UTF-8", check.names = FALSE, na.strings = "", quote = "\"")
}

number <- function(text) suppressWarnings(as.numeric(text))
words <- function(text) if (is.na(text)) character(0) else strsplit(text, "|", fixed = TRUE)[[1]]
known <- function(text) ifelse(is.na(text), "", text)

# ---- The design, rebuilt from the columns of answers.csv -------------------------------------------------------------

# Each stage's unit, stratum and probability, as labels that are unique over the whole sample. A population gives n / N.
stages_of <- function(data, design) {
  above <- rep("", nrow(data))
  lapply(seq_len(nrow(design)), function(k) {
    stage <- as.list(design[k, ])
    last <- k == nrow(design)
    stratum <- if (is.na(stage$strata)) paste(above, "/") else paste(above, known(data[[stage$strata]]), sep = "/")
    own <- if (is.na(stage$cluster)) seq_len(nrow(data)) else data[[stage$cluster]]
    unit <- paste(stratum, own, sep = "/")
    given <- if (is.na(stage$chance)) rep(0, nrow(data)) else number(data[[stage$chance]])
    size <- ave(as.integer(factor(unit)), stratum, FUN = function(each) length(unique(each)))
    pi <- switch(stage$kind, population = pmin(size / given, 1), probability = given, draws = rep(0, nrow(data)))
    times <- if (stage$kind == "draws" && !is.na(stage$chance)) given else rep(1, nrow(data))
    certain <- stage$kind == "probability" & pi >= 1 & (known(stage$method) != "" | !last)
    left <- pi >= 1 & (stage$kind != "population" | k > 1)
    above <<- unit
    list(unit = unit, stratum = stratum, pi = pi, times = times, certain = certain, left = left,
         kind = stage$kind, method = known(stage$method))
  })
}

# survey knows no certainties: a unit of probability 1 leaves its stratum, and the stage below it comes first. `given`
# leaves the whole first stage out: what is then estimated is estimated inside its units.
survey_columns <- function(stages, given) {
  rows <- length(stages[[1]]$unit)
  empty <- function(value) matrix(value, rows, length(stages))
  alone <- paste(ALONE, seq_len(rows))
  found <- list(unit = empty(alone), stratum = empty(alone), fraction = empty(1), times = empty(1))
  filled <- integer(rows)
  for (k in seq_along(stages)) {
    stage <- stages[[k]]
    left <- stage$left | (given & k == 1)
    here <- which(!(left & filled == 0))
    cell <- cbind(here, filled[here] + 1)
    fraction <- if (stage$method == "with-replacement") ifelse(stage$certain, 1, ALMOST_NONE) else stage$pi
    found$unit[cell] <- stage$unit[here]
    found$stratum[cell] <- ifelse(left, stage$unit, stage$stratum)[here]
    found$fraction[cell] <- fraction[here]
    found$times[cell] <- stage$times[here]
    filled[here] <- filled[here] + 1
  }
  found
}

# The design of some whole strata: the others add nothing to a domain that lies in these, and survey would go through
# all of them for every figure.
survey_design <- function(weight, columns, unequal, rows) {
  stages <- seq_len(ncol(columns$unit))
  data <- data.frame(weight = weight[rows])
  for (k in stages) {
    data[[paste0("r_unit_", k)]] <- columns$unit[rows, k]
    data[[paste0("r_stratum_", k)]] <- columns$stratum[rows, k]
    data[[paste0("r_fraction_", k)]] <- columns$fraction[rows, k]
  }
  form <- function(name) as.formula(paste("~", paste0(name, stages, collapse = " + ")))
  arguments <- list(ids = form("r_unit_"), strata = form("r_stratum_"), fpc = form("r_fraction_"),
                    weights = ~weight, data = data)
  if (unequal) arguments$pps <- "brewer" # Hartley and Rao's variance in Yates and Grundy's form is Brewer's
  do.call(svydesign, arguments)
}

# The same variance by formula, for what survey has not: units drawn several times, and units drawn each by itself.
variance_by_formula <- function(stages, z, inside, given, lonely) {
  total <- 0
  carried <- rep(1, length(z))
  for (k in seq_along(stages)) {
    stage <- stages[[k]]
    first <- !duplicated(stage$unit)
    unit <- stage$unit[first]
    t <- as.vector(tapply(z, factor(stage$unit, levels = unit), sum))
    times <- stage$times[first]
    certain <- stage$certain[first]
    group <- factor(stage$stratum[first])
    n <- as.vector(tapply(ifelse(certain, 0, times), group, sum))[group]
    mean <- as.vector(tapply(ifelse(certain, 0, t), group, sum))[group] / pmax(n, 1)
    if (stage$method == "poisson") mean <- 0
    factor <- if (stage$method == "poisson") 1 else times * n / pmax(n - 1, 1)
    spread <- carried[first] * factor * (1 - stage$pi[first]) * (t / times - mean)^2
    spread[certain] <- 0
    alone <- !certain & n == 1 & stage$pi[first] < 1 & carried[first] > 0 & stage$method != "poisson" & unit %in% stage$unit[inside]
    if (!(given & k == 1)) {
      if (any(alone) && lonely == "fail") return(NaN)
      total <- total + sum(spread[!alone])
    }
    draws <- n[match(stage$unit, unit)]
    below <- (stage$times - 1) / stage$times * draws / (draws - 1 + (draws == 1))
    carried <- if (given & k == 1) carried else carried * (if (stage$kind == "draws") below else stage$pi)
  }
  total
}

# Active units and strata, of the outermost stage at which a row's unit is no certainty.
counted_units <- function(columns, inside) {
  counts <- which(inside & !startsWith(columns$unit[, 1], ALONE))
  first <- counts[!duplicated(columns$unit[counts, 1])]
  df <- sum(columns$times[first, 1]) - length(unique(columns$stratum[counts, 1]))
  list(units = length(first), df = if (length(first) <= 1) 0 else df)
}

# ---- Limits, by formula: survey's own neither cap the effective size nor know a planned design effect ----------------

quantile_t <- function(p, df) if (is.finite(df)) { if (df > 0) qt(p, df) else NA } else qnorm(p)

exact_limits <- function(p, n, tail) {
  c(if (p <= 0) 0 else qbeta(tail, n * p, n * (1 - p) + 1), if (p >= 1) 1 else qbeta(1 - tail, n * p + 1, n * (1 - p)))
}

# p: rate; v: its variance; n: count behind it; effect: planned design effect. Gives low, high, effective size.
rate_limits <- function(method, p, v, n, df, effect, level, side = "two", judging = FALSE) {
  if (df <= 0) return(c(NA, NA, NA))
  effect <- max(effect, 1)
  edge <- p < EDGE || p > 1 - EDGE
  still <- !edge && v <= p * (1 - p) * EDGE
  size <- if (edge) n / effect else if (still) n else p * (1 - p) / v
  if (judging) size <- min(size, n / effect)
  if (judging || method %in% c("korn-graubard", "clopper-pearson", "jeffreys")) size <- min(size, n)
  tail <- if (side == "two") (1 - level) / 2 else 1 - level
  t <- quantile_t(1 - tail, df)
  adjusted <- size
  if (method %in% c("korn-graubard", "beta", "jeffreys")) {
    adjusted <- size * min(1, if (n > 1) quantile_t(1 - tail, n - 1) / t else 1)^2
  }
  if (edge) p <- round(p)
  error <- if (edge) NA else sqrt(p * (1 - p) / size)
  found <- switch(method,
    `korn-graubard` = , beta = , `clopper-pearson` = exact_limits(p, adjusted, tail),
    jeffreys = c(if (p <= 0) 0 else qbeta(tail, adjusted * p + 0.5, adjusted * (1 - p) + 0.5),
                 if (p >= 1) 1 else qbeta(1 - tail, adjusted * p + 0.5, adjusted * (1 - p) + 0.5)),
    wilson = {
      centre <- (p + t^2 / (2 * size)) / (1 + t^2 / size)
      half <- t / (1 + t^2 / size) * sqrt(p * (1 - p) / size + t^2 / (4 * size^2))
      c(if (p <= 0) 0 else centre - half, if (p >= 1) 1 else centre + half)
    },
    logit = plogis(qlogis(if (edge) 0.5 else p) + c(-1, 1) * t * error / (if (edge) 1 else p * (1 - p))),
    c(NA, NA))
  c(pmin(pmax(found, 0), 1), size)
}

# ---- One row of the results, computed anew ---------------------------------------------------------------------------

# The score of a ratio at each row, without its weight: the estimate's derivative by that weight.
ratio_score <- function(y, x, w, inside) {
  top <- sum((w * y)[inside]); bottom <- sum((w * x)[inside])
  score <- numeric(length(w))
  score[inside] <- ((y - top / bottom * x) / bottom)[inside]
  list(value = top / bottom, score = score)
}

standard_error <- function(world, score, inside, given) {
  if (world$way == "none") return(NA)
  if (world$way == "formula") {
    return(sqrt(variance_by_formula(world$stages, score * world$weight, inside, given, world$lonely)))
  }
  near <- world$near(inside, given)
  design <- update(near$design, r_score = score[near$rows])[inside[near$rows], ]
  tryCatch(as.vector(SE(svytotal(~r_score, design))), error = function(problem) NaN) # NaN: a lone unit
}

# The error of a plain ratio or mean comes from svyratio and svymean themselves.
ratio_error <- function(world, numerator, denominator, score, inside, given) {
  if (world$way != "survey") return(standard_error(world, score, inside, given))
  near <- world$near(inside, given)
  design <- update(near$design, r_top = numerator[near$rows], r_bottom = denominator[near$rows])[inside[near$rows], ]
  found <- tryCatch(if (all(denominator == 1)) svymean(~r_top, design) else svyratio(~r_top, ~r_bottom, design),
                    error = function(problem) NULL)
  if (is.null(found)) NaN else as.vector(SE(found))
}

design_effect <- function(v, value, y, x, w) {
  n <- length(w)
  residual <- if (all(x == 1)) y else y - value * x
  middle <- sum(w * residual) / sum(w)
  simple <- sum(w * (residual - middle)^2) / sum(w) * n / (n - 1) * (sum(w) / sum(w * x))^2 / n
  if (is.finite(simple) && simple > 0 && n <= sum(w)) v / simple else NA
}

# Whether a domain lies in one drawn unit of the first stage that it is named by: then it is estimated inside that unit.
is_given <- function(world, statement, inside) {
  first <- world$first_cluster
  if (is.na(first) || length(world$stages) < 2 || !first %in% words(statement$by)) return(FALSE)
  counted_units(world$columns(FALSE), inside)$units == 1
}

rate_of <- function(world, statement, inside) {
  y <- number(world$data[[statement$numerator]])
  x <- if (is.na(statement$denominator)) rep(1, length(y)) else number(world$data[[statement$denominator]])
  wanting <- inside & (is.na(y) | is.na(x))
  if (any(wanting) && statement$missing == "fail") return(list(n = sum(inside & world$weight != 0), fault = "missing_values"))
  y[is.na(y)] <- 0; x[is.na(x)] <- 0
  inside <- inside & !wanting
  used <- inside & world$weight != 0
  if (!any(used)) return(list(n = 0, fault = "empty_domain", inside = inside))
  given <- is_given(world, statement, used)
  count <- counted_units(world$columns(given), used)
  found <- ratio_score(y, x, world$weight, inside)
  se <- ratio_error(world, y, x, found$score, inside, given)
  kish <- if (is.na(statement$denominator)) sum(used) else sum(x[used])^2 / sum(x[used]^2)
  deff <- if (known(statement$design_effect) == "replace") design_effect(se^2, found$value, y[used], x[used], world$weight[used]) else NA
  list(value = found$value, se = se, score = found$score, inside = inside, given = given, n = sum(used), df = count$df,
       kish = kish, deff = deff, scale = 1, shift = 0)
}

# A sum of rates, each times a known number: its score is the sum of their scores, so that no covariance is lost.
contrast_of <- function(world, statement, parts) {
  names <- all.vars(parse(text = statement$expression)[[1]])
  parts <- parts[names]
  if (any(vapply(parts, is.null, NA)) || any(vapply(parts, function(each) !is.null(each$fault), NA))) {
    return(list(fault = "part_without_figures"))
  }
  value <- function(numbers) eval(parse(text = statement$expression)[[1]], as.list(numbers))
  none <- setNames(rep(0, length(names)), names)
  shift <- value(none)
  slope <- vapply(names, function(name) value(replace(none, name, 1)) - shift, 0)
  inside <- Reduce(`|`, lapply(parts, `[[`, "inside"))
  used <- inside & world$weight != 0
  score <- Reduce(`+`, Map(function(part, by) part$score * by, parts, slope))
  given <- all(vapply(parts, `[[`, NA, "given"))
  kish <- 1 / sum((slope / sum(slope))^2 / vapply(parts, `[[`, 0, "kish"))
  list(value = value(vapply(parts, `[[`, 0, "value")), se = standard_error(world, score, inside, given), score = score,
       inside = inside, given = given, n = sum(used), df = counted_units(world$columns(given), used)$df,
       kish = kish, deff = NA, scale = sum(slope), shift = shift)
}

judged <- function(statement, found) {
  rate <- (found$value - found$shift) / found$scale
  variance <- (found$se / found$scale)^2
  limits <- function(level, side, effect, judging) {
    rate_limits(statement$method, rate, variance, found$kish, found$df, effect, level, side, judging)
  }
  back <- function(limit) found$shift + found$scale * limit
  planned <- if (is.na(statement$planned_deff)) 1 else number(statement$planned_deff)
  interval <- limits(number(statement$level), "two", planned, FALSE)
  if (all(is.na(interval[1:2]))) interval[3] <- NA
  row <- list(low = back(interval[1]), high = back(interval[2]), n_effective = interval[3])
  if (is.na(statement$threshold)) return(row)
  threshold <- number(statement$threshold)
  effect <- if (is.na(statement$threshold_planned_deff)) planned else number(statement$threshold_planned_deff)
  confidence <- 1 - number(statement$alpha)
  low <- back(limits(confidence, "lower", effect, TRUE)[1])
  high <- back(limits(confidence, "upper", effect, TRUE)[2])
  upper <- statement$side == "upper"
  passes <- if (upper) high < threshold else low >= threshold
  fails <- if (upper) low >= threshold else high < threshold
  c(row, bound = if (upper) high else low,
    verdict = if (is.na(passes)) "不能判定" else if (passes) "达标" else if (fails) "不达标" else "不能判定")
}

# ---- Comparing -------------------------------------------------------------------------------------------------------

agrees <- function(ours, theirs) {
  if (is.na(ours) || is.na(theirs)) return(is.na(ours) && is.na(theirs))
  abs(ours - theirs) <= max(SMALLEST, TOLERANCE * abs(ours))
}

# Whether a printed text is R's figure, rounded.
prints <- function(text, theirs, percent) {
  if (is.na(text) || is.na(theirs)) return(TRUE)
  plain <- gsub("[,%]", "", text)
  decimals <- if (grepl(".", plain, fixed = TRUE)) nchar(sub(".*[.]", "", plain)) else 0
  value <- if (percent) theirs * 100 else theirs
  abs(number(plain) - value) <= 0.5 * 10^-decimals + max(SMALLEST, TOLERANCE * abs(value))
}

show <- function(value) if (is.character(value)) value else if (is.na(value)) "—" else format(value, digits = 10)

compare_row <- function(name, row, found) {
  differing <- 0; compared <- 0
  for (field in names(found)) {
    theirs <- found[[field]]
    if (field == "verdict") {
      ours <- known(row$verdict); right <- ours == theirs; printed <- ours; gap <- ""
    } else {
      ours <- number(row[[field]]); printed <- row[[paste0("printed_", field)]]
      if (is.nan(theirs)) theirs <- NA
      right <- agrees(ours, theirs) && prints(printed, theirs, field %in% PERCENT)
      gap <- if (is.na(ours) || is.na(theirs)) "" else format(ours - theirs, digits = 2)
    }
    if (field != "verdict" && is.na(ours) && is.na(theirs)) next
    compared <- compared + 1
    differing <- differing + !right
    say(paste(name, field, show(ours), show(theirs), gap, known(printed), if (right) "=" else "≠ 不符 DIFFERS", sep = "\t"))
  }
  list(compared = compared, differing = differing)
}

# results.json holds one value a line, row by row: those of a field, in their order, have to be the column of the table.
differing_from_json <- function(results) {
  lines <- readLines("results.json", encoding = "UTF-8", warn = FALSE)
  differing <- 0
  for (field in setdiff(FIELDS, "verdict")) {
    start <- paste0("^ *\"", field, "\": *")
    found <- number(sub(",? *$", "", sub(start, "", grep(start, lines, value = TRUE))))
    ours <- number(results[[field]])
    same <- length(found) == length(ours) && all(mapply(agrees, found, ours))
    if (same) next
    differing <- differing + 1
    say("results.json 与 results.csv 不同 / results.json and results.csv differ: ", field)
  }
  differing
}

# What R has beside a row: every field, or for a row without figures the reason why it has none.
figures_of <- function(world, statement, row, found) {
  blank <- if (!is.null(found$fault)) found$fault
    else if (found$df <= 0) "no_degrees_of_freedom"
    else if (is.nan(found$se)) "lonely_psu"
  if (!is.null(blank)) {
    if (!is.na(row$estimate)) return(list(estimate = NA))
    reason <- sub("^estimate[.]", "", known(row$reason))
    say(paste(row$name, "—", reason, blank, "", "", "没有数字 / no figure", sep = "\t"))
    return(if (is.null(found$n)) list() else list(n = found$n))
  }
  if (is.na(found$se)) return(list(estimate = found$value, df = found$df, n = found$n)) # no error in R: see the note
  c(list(estimate = found$value, se = found$se, df = found$df, n = found$n, deff = found$deff), judged(statement, found))
}

# ---- The whole check -------------------------------------------------------------------------------------------------

world_of <- function(data, design) {
  methods <- unique(c(known(design$method), ifelse(design$kind == "draws", "draws", "")))
  formula <- all(methods %in% c("", BY_FORMULA)) && !design$lonely_psu[1] %in% c("adjust", "average")
  way <- if (all(methods %in% IN_SURVEY)) "survey" else if (formula) "formula" else "none"
  stages <- stages_of(data, design)
  weight <- number(data$weight)
  data$weight <- weight
  kept <- list()
  keep <- function(name, make) { if (is.null(kept[[name]])) kept[[name]] <<- make(); kept[[name]] }
  columns <- function(given) keep(paste("columns", given), function() survey_columns(stages, given))
  unequal <- any(methods %in% c("brewer", "hartley-rao"))
  near <- function(inside, given) { # the design of the strata in which a domain lies, and their rows
    strata <- columns(given)$stratum[, 1]
    wanted <- sort(unique(strata[inside]))
    keep(paste(c("design", given, wanted), collapse = "\n"), function() {
      rows <- strata %in% wanted
      if (length(unique(columns(given)$unit[rows, 1])) < 2) rows[] <- TRUE # survey takes no design of one unit
      list(design = survey_design(weight, columns(given), unequal, rows), rows = rows)
    })
  }
  list(data = data, stages = stages, weight = weight, way = way, methods = methods, lonely = design$lonely_psu[1],
       first_cluster = design$cluster[1],
       near = near, columns = columns)
}

say_methods <- function(world) {
  say(R.version.string, "; survey ", as.character(packageVersion("survey")))
  say("估计值：抽样设计由 answers.csv 重建（svydesign），svyratio、svymean、svytotal。")
  say("Estimates: the design rebuilt from answers.csv (svydesign), then svyratio, svymean, svytotal.")
  say(switch(world$way,
    survey = "标准误：survey 包。 Standard errors: the package survey.",
    formula = paste("标准误：survey 包没有这种设计，按公式计算（基础 R）。",
                    "Standard errors: by formula in base R, for survey has no such design:", paste(world$methods, collapse = " ")),
    none = paste("标准误：R 的 survey 包没有这种方差，区间和判定没有核对。",
                 "Standard errors, intervals and verdicts are NOT checked: survey has no such variance:",
                 paste(world$methods, collapse = " "))))
  say("区间与单侧界：survey 的 svyciprop 不封顶有效样本量，也没有计划设计效应，所以用 qbeta、qt 按公式计算。")
  say("Intervals and bounds: by formula with qbeta and qt, for svyciprop neither caps the effective size nor knows a planned design effect.")
  say("综合指标：各部分得分之和的标准误，协方差都在内。 Composite: the error of the sum of its parts' scores, covariances included.")
  say("")
}

rows_of_statement <- function(world, statement, parts) {
  by <- words(statement$by)
  base <- if (is.na(statement$where)) rep(TRUE, nrow(world$data)) else eval(parse(text = statement$where)[[1]], world$compared) %in% TRUE
  label <- do.call(paste, c(lapply(by, function(name) known(world$data[[name]])), sep = ","))
  if (statement$statistic == "contrast") {
    wanted <- unique(unlist(lapply(all.vars(parse(text = statement$expression)[[1]]), function(name) names(parts[[name]]))))
    return(setNames(lapply(wanted, function(one) contrast_of(world, statement, lapply(parts, `[[`, one))), wanted))
  }
  complete <- base & Reduce(`&`, lapply(by, function(name) !is.na(world$data[[name]])), rep(TRUE, nrow(world$data)))
  wanted <- sort(unique(label[complete]))
  setNames(lapply(wanted, function(one) rate_of(world, statement, complete & label == one)), wanted)
}

check <- function() {
  if (!requireNamespace("survey", quietly = TRUE)) {
    stop_unchecked("需要 survey 包 / the package survey is needed: install.packages(\"survey\")")
  }
  suppressWarnings(suppressPackageStartupMessages(library(survey)))
  design <- read_table("check-design.csv")
  plan <- read_table("check-plan.csv")
  results <- read_table("results.csv")
  if (!file.exists("results.json")) stop_unchecked("缺少文件 / file missing: results.json")
  options(survey.lonely.psu = design$lonely_psu[1], survey.adjust.domain.lonely = FALSE)
  world <- world_of(read_table("answers.csv"), design)
  world$compared <- world$data
  for (name in unique(unlist(lapply(plan$numbers, words)))) world$compared[[name]] <- number(world$data[[name]])
  say_methods(world)
  say(paste("key", "field", "ours", "R", "difference", "printed", "", sep = "\t"))
  parts <- list(); compared <- 0; differing <- 0; unchecked <- 0
  for (place in seq_len(nrow(plan))) {
    statement <- as.list(plan[place, ])
    own <- results[results$id == statement$id, ]
    labels <- do.call(paste, c(lapply(words(statement$by), function(name) known(own[[name]])), sep = ","))
    parts[[statement$id]] <- found <- rows_of_statement(world, statement, parts)
    for (label in union(names(found), labels)) {
      row <- as.list(own[labels == label, ][1, ])
      row$name <- paste(statement$id, label, sep = "/")
      if (is.null(found[[label]]) && known(row$reason) != "" && is.na(row$estimate)) next
      figures <- if (is.null(found[[label]])) list(estimate = NA) else figures_of(world, statement, row, found[[label]])
      outcome <- compare_row(row$name, row, figures)
      left <- if (world$way == "none") setdiff(FIELDS, names(figures)) else character(0)
      unchecked <- unchecked + sum(!is.na(unlist(row[left])))
      compared <- compared + outcome$compared
      differing <- differing + outcome$differing
    }
  }
  apart <- differing_from_json(results)
  unknown <- setdiff(results$id, plan$id)
  for (name in unknown) say("分析方案没有这一条 / not in the plan: ", name)
  if (compared == 0) stop_unchecked("没有可核对的数字 / no figures to check")
  say("")
  if (unchecked > 0) {
    say("另有 ", unchecked, " 个数字没有核对（见上面的说明）。 ", unchecked, " more figures were not checked (see above).")
  }
  apart <- apart + length(unknown)
  if (differing + apart > 0) {
    if (apart > 0) say("数据包的文件之间有 ", apart, " 处不同（见上）。 The files of the bundle disagree in ", apart, " places (see above).")
    say(differing, " 个数字不符（共 ", compared, " 个）。 ", differing, " of ", compared, " figures differ.")
    quit(status = 1)
  }
  say("全部 ", compared, " 个数字相符。 All ", compared, " figures agree.")
}

check()
