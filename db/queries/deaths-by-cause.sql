-- title: Deaths by cause and by how the evaluation ended, with mean age in births
-- parameters: :run
SELECT d.cause, e.status, e.reason, count(*) AS deaths, avg(d.at - birth_of(d.individual)) AS mean_age
FROM death d JOIN evaluation e ON e.individual = d.individual
WHERE d.individual BETWEEN individual_id(:run, 0) AND individual_id(:run + 1, 0) - 1
GROUP BY d.cause, e.status, e.reason ORDER BY deaths DESC, d.cause, e.status, e.reason;
