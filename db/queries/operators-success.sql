-- title: Mutation operators: how often used, how often the child failed or beat its parent
-- parameters: :run
SELECT t.text AS operator, m.target, count(*) AS uses, sum(child.status = 'failed') AS failed,
       sum(child.fitness > parent.fitness) AS better, avg(child.fitness - parent.fitness) AS mean_gain
FROM mutation m JOIN term t ON t.id = m.operator JOIN individual i ON i.id = m.individual
JOIN evaluation child ON child.individual = i.id LEFT JOIN evaluation parent ON parent.individual = i.p1
WHERE m.individual >> 40 = :run
GROUP BY m.operator, m.target ORDER BY uses DESC, operator;
