-- title: Elites: the fitness that selection saw beside that of the re-run on fresh seeds
-- parameters: :run
SELECT birth_of(r.individual) AS birth, r.bar, e.fitness, r.fitness AS again, e.fitness - r.fitness AS gap, r.confirmed
FROM reevaluation r JOIN evaluation e ON e.individual = r.individual
WHERE r.individual BETWEEN individual_id(:run, 0) AND individual_id(:run + 1, 0) - 1
ORDER BY r.individual;
