/** What survivors hide, from losses of sampled births to the estimates of a run. */
import { panelPlaces, quoted, type ScriptPart } from './part.ts';

export const rescuePart: ScriptPart<'rescue'> = {
  call(name, { cap, delta, panel, rule, tuned }) {
    const { size, own } = panelPlaces(panel, rule);
    return `check_rescue(${quoted(name)}, cap = ${cap}, delta = ${delta}, size = ${size}, own = ${own}, tuned = ${tuned ? 'TRUE' : 'FALSE'})`;
  },
  code: `
check_rescue <- function(assay, cap, delta, size, own, tuned) for (block in blocks_of(assay)) {
  all_tuning <- stage_of(assay, block, "tuning", cap)
  tuning <- means_of(all_tuning); judged <- means_of(stage_of(assay, block, "judgement", cap))
  anew <- means_of(stage_of(assay, block, "subjects", cap))
  # Every genome is tried under the panel and then, where the panel does not have it, under its own rule.
  panel <- unique(all_tuning$rule)[seq_len(size)]
  of_genome <- function(a, r) {
    rules <- unique(c(panel, r))
    at_own <- sapply(rules, function(rule) score_of(tuning, a, rule, 0))
    found <- list(home.default = score_of(judged, a, r, 0), best.default = score_of(judged, a, rules[which.max(at_own)], 0),
                  home.tuned = NA, best.tuned = NA, regret.default = NA, regret.tuned = NA)
    if (!tuned) return(found)
    chosen <- sapply(rules, function(rule) best_rate(tuning, a, rule))
    best <- which.max(mapply(function(rule, rate) score_of(tuning, a, rule, rate), rules, chosen))
    of <- panel[own]
    reached <- score_of(judged, a, rules[best], chosen[best])
    found$home.tuned <- score_of(judged, a, r, chosen[match(r, rules)]); found$best.tuned <- reached
    found$regret.default <- regret(score_of(judged, a, of, 0), reached)
    found$regret.tuned <- regret(score_of(judged, a, of, chosen[match(of, rules)]), reached)
    found
  }
  populations <- lapply(sides_of(assay, block), function(side) {
    living <- candidates(assay, block, side)
    best <- which.max(mapply(function(a, r, rate) score_of(anew, a, r, rate), living$architecture, living$rule, living$learning_rate))
    champion <- of_genome(living$architecture[best], living$rule[best])
    sample <- births[births$assay == assay & births$block == block & births$side == side, ]
    found <- do.call(rbind, mapply(function(a, r) as.data.frame(of_genome(a, r)), sample$architecture, sample$rule, SIMPLIFY = FALSE))
    # Each of the sampled stands for N / n births of its fate (Horvitz and Thompson).
    weight <- sample$of_fate / ave(sample$birth, sample$fate, FUN = length)
    culled <- !(sample$fate %in% c("living", "ancestor")); alive <- sample$fate == "living"
    mean_of <- function(x, part) { part <- part & !is.na(x); sum(weight[part] * x[part]) / sum(weight[part]) }
    measures <- list()
    for (what in c("home", "best", "regret")) for (rate in c("default", "tuned")) {
      x <- found[[paste(what, rate, sep = ".")]]
      measures[[paste(what, rate, "shift")]] <- mean_of(x, !culled) - mean_of(x, TRUE)
      measures[[paste(what, rate, "living only")]] <- mean_of(x, alive) - mean_of(x, TRUE)
    }
    for (rate in c("default", "tuned")) {
      home <- found[[paste("home", rate, sep = ".")]]; best <- found[[paste("best", rate, sep = ".")]]
      bar <- mean_of(home, alive)
      at_home <- home >= bar - delta; by_panel <- best >= bar - delta
      measures[[paste(rate, "discarded")]] <- mean_of(at_home | by_panel, culled)
      measures[[paste(rate, "rescued")]] <- mean_of(by_panel & !at_home, culled)
      measures[[paste(rate, "as good")]] <- mean_of(best >= mean_of(best, alive) - delta, culled)
      keys <- culled & sample$lives_on == 0 & best >= champion[[paste("home", rate, sep = ".")]] - delta
      measures[[paste(rate, "keys")]] <- sum(ifelse(keys, weight / sample$sharing, 0)) / sample$lost_architectures[1]
    }
    lapply(measures, function(x) if (is.nan(x)) NA else x)
  })
  check_differences(assay, block, populations)
}
`,
};
