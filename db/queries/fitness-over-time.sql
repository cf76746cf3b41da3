-- title: Mean, best and best-so-far fitness in windows of :window births
-- parameters: :run, :window
SELECT birth, births, failed, mean_fitness, best_fitness, max(best_fitness) OVER (ORDER BY birth) AS best_so_far
FROM (
  SELECT birth_of(individual) / CAST(:window AS INTEGER) * CAST(:window AS INTEGER) AS birth, count(*) AS births,
         sum(status = 'failed') AS failed, avg(fitness) AS mean_fitness, max(fitness) AS best_fitness
  FROM evaluation WHERE individual BETWEEN individual_id(:run, 0) AND individual_id(:run + 1, 0) - 1 GROUP BY 1)
ORDER BY birth;
