-- core.dim_stage: the thirteen stages of an order line, in the order goods and
-- money pass them.
CREATE OR REPLACE TABLE core.dim_stage AS
SELECT stage_key, stage_key AS stage_no, code, name_en, name_zh, phase, phase_zh
FROM (VALUES
    (1, 'received', 'received', '收订', 'order', '订单'),
    (2, 'supplier_ordered', 'ordered from supplier', '向供应商订购', 'supply', '供应'),
    (3, 'supplier_confirmed', 'confirmed by supplier', '供应商确认', 'supply', '供应'),
    (4, 'shipped_abroad', 'shipped abroad', '国外发运', 'supply', '供应'),
    (5, 'arrived_port', 'arrived at port', '到港', 'import', '进口'),
    (6, 'customs_cleared', 'customs cleared', '报关放行', 'import', '进口'),
    (7, 'inspected', 'inspected', '检验', 'import', '进口'),
    (8, 'inbound', 'taken into stock', '入库', 'warehouse', '仓储'),
    (9, 'outbound', 'sent out', '出库', 'warehouse', '仓储'),
    (10, 'delivered', 'delivered', '送达', 'delivery', '送货'),
    (11, 'invoiced', 'invoiced', '开票', 'money', '结算'),
    (12, 'paid', 'paid', '收款', 'money', '结算'),
    (13, 'cancelled', 'cancelled', '取消', 'cancelled', '取消')
) AS stage (stage_key, code, name_en, name_zh, phase, phase_zh)
UNION ALL
SELECT -1, NULL, NULL, '(unknown)', '(unknown)', '(unknown)', '(unknown)'
ORDER BY stage_key;
