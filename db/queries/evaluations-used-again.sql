-- title: Evaluations that were used again: whose, by whom, and why
-- parameters: :run
SELECT birth_of(source) AS source, cause, count(*) AS times, min(birth_of(individual)) AS first_birth, max(birth_of(individual)) AS last_birth
FROM reuse
WHERE individual BETWEEN individual_id(:run, 0) AND individual_id(:run + 1, 0) - 1
GROUP BY source, cause ORDER BY times DESC, source;
