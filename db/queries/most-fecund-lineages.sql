-- title: Individuals with the most children as selected parent
-- parameters: :run
SELECT i.p1 AS individual, birth_of(i.p1) AS birth, count(*) AS children, e.fitness, a.canon AS architecture, r.canon AS rule
FROM individual i JOIN individual p ON p.id = i.p1
JOIN block a ON a.id = p.architecture JOIN block r ON r.id = p.rule JOIN evaluation e ON e.individual = p.id
WHERE i.id BETWEEN individual_id(:run, 0) AND individual_id(:run + 1, 0) - 1
GROUP BY i.p1 ORDER BY children DESC, i.p1 LIMIT 50;
