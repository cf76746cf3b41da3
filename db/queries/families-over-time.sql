-- title: Births of each update rule over time, in windows of :window births
-- parameters: :run, :window
SELECT (i.id & 1099511627775) / CAST(:window AS INTEGER) * CAST(:window AS INTEGER) AS birth, i.rule AS rule_block,
       count(*) AS births, avg(e.fitness) AS mean_fitness, max(e.fitness) AS best_fitness, b.canon AS rule
FROM individual i JOIN block b ON b.id = i.rule JOIN evaluation e ON e.individual = i.id
WHERE i.id >> 40 = :run
GROUP BY 1, i.rule ORDER BY 1, births DESC, i.rule;
