-- title: Elites: the fitness that selection saw beside that of the re-run on fresh seeds
-- parameters: :run
SELECT r.individual & 1099511627775 AS birth, r.bar, e.fitness, r.fitness AS again, e.fitness - r.fitness AS gap, r.confirmed
FROM reevaluation r JOIN evaluation e ON e.individual = r.individual
WHERE r.individual >> 40 = :run
ORDER BY r.individual;
