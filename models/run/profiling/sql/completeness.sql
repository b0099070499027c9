CREATE OR REPLACE TABLE score.completeness AS
SELECT
    k.customer_type AS "customer_type",
    k.place AS "place",
    k.field AS "field",
    w.name_en AS "field_en",
    w.name_zh AS "field_zh",
    CAST(count(*) AS INTEGER) AS "customers",
    CAST(sum(k.is_known) AS INTEGER) AS "known",
    CAST(sum(k.is_known) AS DOUBLE) / CAST(count(*) AS DOUBLE) AS "share",
    max(k.is_counted) = 1 AS "is_counted"
FROM feature.customer_known AS k
INNER JOIN (VALUES ('name', 'name', '名称'), ('type', 'type', '类型'), ('region', 'region', '地区'), ('city', 'city', '城市'), ('industry', 'industry', '行业'),
    ('channel', 'channel', '渠道'), ('owner', 'who looks after it', '负责人'), ('first_contact', 'first contact', '首次接触'), ('source', 'where it came from', '来源'),
    ('person', 'contact person', '联系人'), ('phone', 'telephone', '电话'), ('email', 'e-mail', '电子邮件'), ('role', 'role of the person', '联系人职务'),
    ('interests', 'subjects it declared', '申报的兴趣学科'), ('language', 'language', '语言'), ('consent', 'consent to marketing', '营销同意'),
    ('credit_limit', 'credit limit', '信用额度'), ('credit_days', 'credit days', '信用期'), ('budget', 'book budget', '购书预算')) AS w (field, name_en, name_zh) ON w.field = k.field
GROUP BY k.customer_type, k.place, k.field, w.name_en, w.name_zh
ORDER BY k.customer_type, k.place
