-- The scorecard, by sales.
SELECT e.employee_id, e.name, e.dept, s.has_left, s.accounts, s.visits, s.calls, s.contacts, s.buyers, s.quotes, s.net, s.margin, s.return_loss, s.contact_cost, s.expenses, s.commission, s.contribution,
       s.discount_rate, s.attainment, s.orphans, s.orphans_fading, s.finding, s.net_rank, s.contribution_rank, s.discount, s.gross, s.target, s.net_whole, CAST(s.employee_key AS VARCHAR) AS "ref"
FROM score.salesperson AS s
LEFT JOIN core.dim_employee AS e ON e.employee_key = s.employee_key AND e.employee_key <> -1
ORDER BY s.net DESC, s.employee_key
