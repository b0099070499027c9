-- score.service_policy: what each suggestion means. Days are those within which an
-- inquiry is answered.
CREATE OR REPLACE TABLE score.service_policy AS
SELECT * FROM (VALUES
    (1, 'key_account', 12, 1, 'A named manager, a visit a month, terms agreed by the year.', '专属客户经理，每月拜访，按年约定条件。'),
    (2, 'account_manager', 4, 1, 'A named manager, a visit a quarter, new titles of their subjects first.', '专属客户经理，每季拜访，优先提供其学科新书。'),
    (3, 'win_back', 4, 1, 'A visit now: a large customer is silent; ask what went wrong and offer a start.', '立即拜访：大客户沉默，询问原因并提出重启方案。'),
    (4, 'renegotiate', 2, 2, 'Keep them, on other terms: discount, freight, returns or visits cost more than they bring.', '保留但调整条件：折扣、运费、退货或拜访成本高于收益。'),
    (5, 'develop', 2, 2, 'More is expected of them than they bring yet: two visits a year and offers from neighbouring subjects.', '预期价值高于目前贡献：每年两次拜访，并推荐相邻学科图书。'),
    (6, 'desk', 0, 2, 'Served by the desk on call, with the monthly catalogue of their subjects.', '由客服席位服务，按学科寄送月度目录。'),
    (7, 'self_service', 0, 3, 'Orders and inquiries through the web shop, catalogues by mail.', '网上自助订购与查询，邮件寄送目录。'),
    (8, 'cut_cost', 0, 3, 'Small and costing more than it brings: a minimum order, no visits, freight charged.', '小额且亏损：设最低起订额，不拜访，收取运费。'),
    (9, 'let_rest', 0, 5, 'Bought nothing in the period: two mails a year, no other effort.', '期内无购买：每年两次邮件，不再投入。')
) AS p (policy_no, policy, visits_a_year, answer_days, en, zh)
ORDER BY policy_no
