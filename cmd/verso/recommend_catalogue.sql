-- Whom to send a catalogue. Parameters: its number or code twice, most lines,
-- whether in Chinese.
SELECT k.catalogue_id AS {catalogue}, k.code AS {code}, k.issue AS {issue}, c.customer_id AS {customer_id}, c.name AS {customer}, c.customer_type AS {type}, m.pages AS {pages}, m.titles AS {titles}, m.next_volumes AS {next_volumes},
       t.title_id AS {title_id}, CASE WHEN $4 THEN coalesce(t.title_zh, t.title) ELSE t.title END AS {first_title}, CASE WHEN $4 THEN m.reason_zh ELSE m.reason_en END AS {reason}
FROM score.mailing AS m
INNER JOIN core.dim_catalogue AS k ON k.catalogue_key = m.catalogue_key
INNER JOIN core.dim_customer AS c ON c.customer_key = m.customer_key
LEFT JOIN core.dim_title AS t ON t.title_key = m.title_key
WHERE m.is_sent AND (k.catalogue_id = $1 OR upper(k.code) = upper($2))
ORDER BY m.next_volumes DESC, m.titles DESC, k.issue_date DESC, k.catalogue_id, m.customer_key
LIMIT $3
