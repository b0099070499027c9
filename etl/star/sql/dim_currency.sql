-- core.dim_currency: every currency that occurs, and the report currency.
CREATE OR REPLACE TABLE core.dim_currency AS
WITH found AS (
    SELECT currency AS ccy FROM meta.star_parameter
    UNION
    SELECT ccy FROM stage.order_header WHERE ccy IS NOT NULL
    UNION
    SELECT ccy FROM stage.fx_rate WHERE ccy IS NOT NULL
    UNION
    SELECT list_ccy FROM stage.title WHERE list_ccy IS NOT NULL
    UNION
    SELECT ccy FROM stage.purchase_order WHERE ccy IS NOT NULL
    UNION
    SELECT ccy FROM stage.supplier WHERE ccy IS NOT NULL
    UNION
    SELECT ccy FROM stage.supplier_invoice WHERE ccy IS NOT NULL
    UNION
    SELECT ccy FROM stage.invoice WHERE ccy IS NOT NULL
    UNION
    SELECT ccy FROM stage.payment WHERE ccy IS NOT NULL
), named AS (
    SELECT ccy, name
    FROM (VALUES
        ('ATS', 'Austrian schilling'), ('AUD', 'Australian dollar'), ('BEF', 'Belgian franc'), ('BRL', 'Brazilian real'),
        ('CAD', 'Canadian dollar'), ('CHF', 'Swiss franc'), ('CNY', 'Renminbi'), ('CZK', 'Czech koruna'),
        ('DEM', 'German mark'), ('DKK', 'Danish krone'), ('ESP', 'Spanish peseta'), ('EUR', 'Euro'),
        ('FIM', 'Finnish markka'), ('FRF', 'French franc'), ('GBP', 'Pound sterling'), ('GRD', 'Greek drachma'),
        ('HKD', 'Hong Kong dollar'), ('HUF', 'Hungarian forint'), ('IDR', 'Indonesian rupiah'), ('IEP', 'Irish pound'),
        ('ILS', 'Israeli shekel'), ('INR', 'Indian rupee'), ('ITL', 'Italian lira'), ('JPY', 'Japanese yen'),
        ('KRW', 'Korean won'), ('LUF', 'Luxembourg franc'), ('MOP', 'Macao pataca'), ('MXN', 'Mexican peso'),
        ('MYR', 'Malaysian ringgit'), ('NLG', 'Dutch guilder'), ('NOK', 'Norwegian krone'), ('NZD', 'New Zealand dollar'),
        ('PHP', 'Philippine peso'), ('PLN', 'Polish zloty'), ('PTE', 'Portuguese escudo'), ('RUB', 'Russian rouble'),
        ('SAR', 'Saudi riyal'), ('SEK', 'Swedish krona'), ('SGD', 'Singapore dollar'), ('THB', 'Thai baht'),
        ('TRY', 'Turkish lira'), ('TWD', 'New Taiwan dollar'), ('USD', 'US dollar'), ('VND', 'Vietnamese dong'),
        ('ZAR', 'South African rand')
    ) AS shipped (ccy, name)
)
SELECT CAST(row_number() OVER (ORDER BY place.key NULLS LAST, f.ccy) AS INTEGER) AS currency_key, f.ccy, coalesce(n.name, f.ccy) AS name
FROM found f
LEFT JOIN named n ON n.ccy = f.ccy
LEFT JOIN meta.star_key place ON place.dim = 'currency' AND place.id = f.ccy
UNION ALL
SELECT -1, '(unknown)', '(unknown)'
ORDER BY currency_key;
