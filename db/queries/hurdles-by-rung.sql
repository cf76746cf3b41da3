-- title: Hurdles: how many were measured at each rung, how many fell below the bar
-- parameters: :run
SELECT step, count(*) AS measured, count(bar) AS with_bar, coalesce(sum(fitness < bar), 0) AS below, avg(fitness) AS mean_fitness, avg(bar) AS mean_bar
FROM rung
WHERE individual BETWEEN individual_id(:run, 0) AND individual_id(:run + 1, 0) - 1
GROUP BY step ORDER BY step;
