-- title: Mutation operators: how often used, how often the child failed or beat its parent
-- parameters: :run
SELECT o.name AS operator, o.target, count(*) AS uses, sum(child.status = 'failed') AS failed,
       sum(child.fitness > parent.fitness) AS better, avg(child.fitness - parent.fitness) AS mean_gain
FROM mutation m JOIN operator o ON o.id = m.operator JOIN individual i ON i.id = m.individual
JOIN evaluation child ON child.individual = i.id LEFT JOIN evaluation parent ON parent.individual = i.p1
WHERE m.individual BETWEEN individual_id(:run, 0) AND individual_id(:run + 1, 0) - 1
GROUP BY m.operator ORDER BY uses DESC, o.name, o.target;
