-- title: Ancestors from which everyone alive descends along selected parents, newest first
-- parameters: :run
WITH RECURSIVE
  living (id) AS (
    SELECT i.id FROM individual i LEFT JOIN death d ON d.individual = i.id
    WHERE i.id BETWEEN individual_id(:run, 0) AND individual_id(:run + 1, 0) - 1 AND d.individual IS NULL),
  line (tip, id) AS (
    SELECT id, id FROM living
    UNION ALL SELECT line.tip, i.p1 FROM line JOIN individual i ON i.id = line.id WHERE i.p1 IS NOT NULL)
SELECT line.id AS individual, birth_of(line.id) AS birth, e.fitness, a.canon AS architecture, r.canon AS rule
FROM line JOIN individual i ON i.id = line.id
JOIN block a ON a.id = i.architecture JOIN block r ON r.id = i.rule
JOIN evaluation e ON e.individual = line.id
GROUP BY line.id HAVING count(*) = (SELECT count(*) FROM living)
ORDER BY line.id DESC;
