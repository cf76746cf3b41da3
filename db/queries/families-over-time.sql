-- title: Births of each family of update rules over time, in windows of :window births
-- parameters: :run, :window
WITH per_block AS (
  SELECT birth_of(i.id) / CAST(:window AS INTEGER) * CAST(:window AS INTEGER) AS birth, i.rule, count(*) AS births,
         count(e.fitness) AS measured, sum(e.fitness) AS total_fitness, max(e.fitness) AS best_fitness
  FROM individual i JOIN evaluation e ON e.individual = i.id
  WHERE i.id BETWEEN individual_id(:run, 0) AND individual_id(:run + 1, 0) - 1
  GROUP BY 1, i.rule)
SELECT birth, rule_trait('family', b.canon) AS family, sum(births) AS births, count(*) AS rules, sum(total_fitness) / sum(measured) AS mean_fitness,
       max(best_fitness) AS best_fitness
FROM per_block JOIN block b ON b.id = per_block.rule
GROUP BY birth, family ORDER BY birth, births DESC, family;
