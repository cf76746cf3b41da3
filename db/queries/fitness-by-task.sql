-- title: Trainings by task, purpose and learning-rate trial: outcomes, fitness and cost
-- parameters: :run
SELECT task, task_name, purpose, trial, count(*) AS trainings, sum(counts) AS counted, sum(status = 'failed') AS failed,
       avg(fitness) AS mean_fitness, max(fitness) AS best_fitness, sum(cost_units) AS cost_units
FROM every_training
WHERE individual BETWEEN individual_id(:run, 0) AND individual_id(:run + 1, 0) - 1
GROUP BY task, purpose, trial ORDER BY task, purpose DESC, trial;
