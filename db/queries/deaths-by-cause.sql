-- title: Deaths by cause and by how the evaluation ended, with mean age in births
-- parameters: :run
SELECT d.cause, e.status, e.reason, count(*) AS deaths, avg(d.at - (d.individual & 1099511627775)) AS mean_age
FROM death d JOIN evaluation e ON e.individual = d.individual
WHERE d.individual >> 40 = :run
GROUP BY d.cause, e.status, e.reason ORDER BY deaths DESC, d.cause, e.status, e.reason;
