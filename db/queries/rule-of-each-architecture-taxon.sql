-- title: Update rules carried by each architecture taxon (one per origin), most carriers first
-- parameters: :run
WITH RECURSIVE
  born (id, donor, architecture, rule) AS (
    SELECT id, architecture_from, architecture, rule FROM parentage
    WHERE id BETWEEN individual_id(:run, 0) AND individual_id(:run + 1, 0) - 1),
  heir (id, donor, architecture, rule) AS MATERIALIZED (
    SELECT b.* FROM born b JOIN individual d ON d.id = b.donor WHERE d.architecture = b.architecture),
  member (id, taxon) AS (
    SELECT id, id FROM born WHERE id NOT IN (SELECT id FROM heir)
    UNION ALL SELECT heir.id, member.taxon FROM member JOIN heir ON heir.donor = member.id)
SELECT birth_of(taxon) AS origin, born.architecture AS architecture_block, born.rule AS rule_block, count(*) AS carriers, block.canon AS rule
FROM member JOIN born ON born.id = member.id JOIN block ON block.id = born.rule
GROUP BY taxon, born.rule ORDER BY sum(count(*)) OVER (PARTITION BY taxon) DESC, taxon, carriers DESC, born.rule;
