-- core.dim_reason: why lines were cancelled, copies returned, business lost and
-- complaints made: the reasons the tables accept, and any others that occur.
CREATE OR REPLACE TABLE core.dim_reason AS
WITH named AS (
    SELECT kind, code, name_en, name_zh, is_customer
    FROM (VALUES
        ('cancel', 'op', 'out of print', '绝版', false),
        ('cancel', 'not found', 'not found', '未找到', false),
        ('cancel', 'price', 'price', '价格', false),
        ('cancel', 'embargo', 'embargo', '禁运', false),
        ('cancel', 'customer', 'withdrawn by the customer', '客户取消', true),
        ('cancel', 'duplicate', 'ordered twice', '重复订购', true),
        ('cancel', 'customs', 'stopped by customs', '海关未放行', false),
        ('return', 'damaged', 'damaged', '破损', false),
        ('return', 'wrong', 'wrong title', '错发', false),
        ('return', 'late', 'too late', '迟到', false),
        ('return', 'duplicate', 'ordered twice', '重复', true),
        ('return', 'customer error', 'customer''s error', '客户原因', true),
        ('return', 'unsold', 'unsold', '未售出', true),
        ('return', 'other', 'other', '其他', false)
    ) AS shipped (kind, code, name_en, name_zh, is_customer)
), found AS (
    SELECT kind, code FROM named
    UNION
    SELECT 'cancel', lower(cancel_reason) FROM stage.order_line WHERE cancel_reason IS NOT NULL
    UNION
    SELECT 'return', lower(reason) FROM stage.return_line WHERE reason IS NOT NULL
    UNION
    SELECT 'lost', lower(lost_reason) FROM stage.opportunity WHERE lost_reason IS NOT NULL
    UNION
    SELECT 'lost', lower(lost_reason) FROM stage.lead WHERE lost_reason IS NOT NULL
    UNION
    SELECT 'complaint', lower(root_cause) FROM stage.ticket WHERE root_cause IS NOT NULL AND coalesce(is_complaint, false)
)
SELECT CAST(row_number() OVER (ORDER BY f.kind, f.code) AS INTEGER) AS reason_key,
       f.kind, f.code, coalesce(n.name_en, f.code) AS name_en, coalesce(n.name_zh, f.code) AS name_zh,
       coalesce(n.is_customer, false) AS is_customer
FROM found f
LEFT JOIN named n ON n.kind = f.kind AND n.code = f.code
UNION ALL
SELECT -1, '(unknown)', NULL, '(unknown)', '(unknown)', false
ORDER BY reason_key;
