-- Accounts on the name of somebody who has left, and what is open with them.
SELECT count(*) AS found_n, count(DISTINCT a.employee_key) AS people_n, sum(a.net_before) AS net_money, coalesce(sum(a.open_lines), 0) AS lines_n, sum(a.open_value) AS open_money,
       coalesce(sum(a.open_quotes), 0) AS quotes_n, coalesce(sum(a.promises), 0) AS promises_n, coalesce(sum(CASE WHEN a.is_fading THEN 1 ELSE 0 END), 0) AS fading_n
FROM score.orphan_account AS a
