-- title: Individuals with the most children as selected parent
-- parameters: :run
SELECT i.p1 AS individual, i.p1 & 1099511627775 AS birth, count(*) AS children, e.fitness, a.canon AS architecture, r.canon AS rule
FROM individual i JOIN individual p ON p.id = i.p1
JOIN block a ON a.id = p.architecture JOIN block r ON r.id = p.rule JOIN evaluation e ON e.individual = p.id
WHERE i.id >> 40 = :run
GROUP BY i.p1 ORDER BY children DESC, i.p1 LIMIT 50;
