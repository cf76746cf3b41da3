-- title: Evaluations that were used again: whose, by whom, and why
-- parameters: :run
SELECT source & 1099511627775 AS source, cause, count(*) AS times, min(individual & 1099511627775) AS first_birth, max(individual & 1099511627775) AS last_birth
FROM reuse
WHERE individual >> 40 = :run
GROUP BY source, cause ORDER BY times DESC, source;
