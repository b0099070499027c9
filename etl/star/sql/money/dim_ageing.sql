-- core.dim_ageing: how long an open amount has been due on the day it is looked
-- at. Credit is what is open the other way round: credit notes and overpaid
-- invoices, kept apart so that they hide nothing that is overdue.
CREATE OR REPLACE TABLE core.dim_ageing AS
SELECT CAST(ageing_key AS INTEGER) AS ageing_key, name, name_zh, CAST(from_days AS INTEGER) AS from_days, CAST(to_days AS INTEGER) AS to_days, is_overdue
FROM (VALUES
    (-1, '(unknown)', '(unknown)', NULL, NULL, false),
    (1, 'not due', '未到期', NULL, 0, false),
    (2, '1-30 days', '逾期1-30天', 1, 30, true),
    (3, '31-60 days', '逾期31-60天', 31, 60, true),
    (4, '61-90 days', '逾期61-90天', 61, 90, true),
    (5, '91-180 days', '逾期91-180天', 91, 180, true),
    (6, '181-365 days', '逾期181-365天', 181, 365, true),
    (7, 'over 365 days', '逾期365天以上', 366, NULL, true),
    (8, 'credit', '贷方余额', NULL, NULL, false),
    (9, 'settled', '已结清', NULL, NULL, false)
) AS shipped (ageing_key, name, name_zh, from_days, to_days, is_overdue)
ORDER BY ageing_key;
