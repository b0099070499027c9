-- The Star Schema Benchmark, generated inside the database: every value follows
-- from the number of its row, the number of its column and the seed, so that the
-- same scale and seed give the same rows on any number of cores. The variables
-- seed, orders, customers, suppliers and parts are set before.

-- A number from 0 to 2^31-2 for a row and a stream (one stream a column): steps
-- of a multiplicative generator modulo the prime 2^31-1, bits mixed between.
CREATE OR REPLACE TEMP MACRO ssb_step(x) AS (xor(x, x >> 15) * 69621) % 2147483647;
CREATE OR REPLACE TEMP MACRO ssb_random(k, stream) AS
    ssb_step(ssb_step((CAST(k AS BIGINT) * 48271 + CAST(stream AS BIGINT) * 104395301 + getvariable('seed') * 7919) % 2147483647 + 1));
-- A whole number from lo to hi, each equally often.
CREATE OR REPLACE TEMP MACRO ssb_between(k, stream, lo, hi) AS CAST(lo + ssb_random(k, stream) % (hi - lo + 1) AS INTEGER);
-- A part's retail price in cents, from its key alone.
CREATE OR REPLACE TEMP MACRO ssb_price(p) AS 90000 + (p // 10) % 20001 + 100 * (p % 1000);
CREATE OR REPLACE TEMP MACRO ssb_phone(k, stream, nation) AS
    (9 + nation) || '-' || ssb_between(k, stream, 100, 999) || '-' || ssb_between(k, stream + 1, 100, 999) || '-' || ssb_between(k, stream + 2, 1000, 9999);
CREATE OR REPLACE TEMP MACRO ssb_address(k, stream) AS
    printf('%07x%07x', ssb_random(k, stream), ssb_random(k, stream + 1));
-- Of a list, one value for each row.
CREATE OR REPLACE TEMP MACRO ssb_pick(k, stream, list) AS list[ssb_between(k, stream, 1, len(list))];

-- 25 nations of 5 regions; ten cities of each are its first nine letters and a digit.
CREATE OR REPLACE TEMP MACRO ssb_nation(n) AS [
    'ALGERIA', 'ETHIOPIA', 'KENYA', 'MOROCCO', 'MOZAMBIQUE',
    'ARGENTINA', 'BRAZIL', 'CANADA', 'PERU', 'UNITED STATES',
    'CHINA', 'INDIA', 'INDONESIA', 'JAPAN', 'VIETNAM',
    'FRANCE', 'GERMANY', 'ROMANIA', 'RUSSIA', 'UNITED KINGDOM',
    'EGYPT', 'IRAN', 'IRAQ', 'JORDAN', 'SAUDI ARABIA'][n];
CREATE OR REPLACE TEMP MACRO ssb_region(n) AS ['AFRICA', 'AMERICA', 'ASIA', 'EUROPE', 'MIDDLE EAST'][1 + (n - 1) // 5];
CREATE OR REPLACE TEMP MACRO ssb_city(n, digit) AS rpad(ssb_nation(n), 9, ' ') || digit;
CREATE OR REPLACE TEMP MACRO ssb_color(k, stream) AS ssb_pick(k, stream, [
    'almond', 'antique', 'aquamarine', 'azure', 'beige', 'bisque', 'black', 'blanched', 'blue', 'blush', 'brown', 'burlywood',
    'burnished', 'chartreuse', 'chiffon', 'chocolate', 'coral', 'cornflower', 'cornsilk', 'cream', 'cyan', 'dark', 'deep', 'dim',
    'dodger', 'drab', 'firebrick', 'floral', 'forest', 'frosted', 'gainsboro', 'ghost', 'goldenrod', 'green', 'grey', 'honeydew',
    'hot', 'indian', 'ivory', 'khaki', 'lace', 'lavender', 'lawn', 'lemon', 'light', 'lime', 'linen', 'magenta', 'maroon', 'medium',
    'metallic', 'midnight', 'mint', 'misty', 'moccasin', 'navajo', 'navy', 'olive', 'orange', 'orchid', 'pale', 'papaya', 'peach',
    'peru', 'pink', 'plum', 'powder', 'puff', 'purple', 'red', 'rose', 'rosy', 'royal', 'saddle', 'salmon', 'sandy', 'seashell',
    'sienna', 'sky', 'slate', 'smoke', 'snow', 'spring', 'steel', 'tan', 'thistle', 'tomato', 'turquoise', 'violet', 'wheat',
    'white', 'yellow']);

CREATE SCHEMA ssb;
CREATE SCHEMA meta;

-- 1992 to 1998. d_quarter and d_day are beside the columns of the benchmark.
CREATE TABLE ssb.date AS
SELECT -1 AS "d_datekey", CAST(NULL AS DATE) AS "d_day", '(unknown)' AS "d_date", '(unknown)' AS "d_dayofweek", '(unknown)' AS "d_month",
       CAST(NULL AS INTEGER) AS "d_year", '(unknown)' AS "d_quarter", CAST(NULL AS INTEGER) AS "d_yearmonthnum", '(unknown)' AS "d_yearmonth",
       CAST(NULL AS INTEGER) AS "d_daynuminweek", CAST(NULL AS INTEGER) AS "d_daynuminmonth", CAST(NULL AS INTEGER) AS "d_daynuminyear",
       CAST(NULL AS INTEGER) AS "d_monthnuminyear", CAST(NULL AS INTEGER) AS "d_weeknuminyear", '(unknown)' AS "d_sellingseason",
       CAST(NULL AS BOOLEAN) AS "d_lastdayinweekfl", CAST(NULL AS BOOLEAN) AS "d_lastdayinmonthfl", CAST(NULL AS BOOLEAN) AS "d_holidayfl", CAST(NULL AS BOOLEAN) AS "d_weekdayfl"
UNION ALL
SELECT CAST(strftime(d, '%Y%m%d') AS INTEGER), d, strftime(d, '%B %-d, %Y'), strftime(d, '%A'), strftime(d, '%B'),
       CAST(year(d) AS INTEGER), strftime(d, '%Y') || '-Q' || quarter(d), CAST(strftime(d, '%Y%m') AS INTEGER), strftime(d, '%b%Y'),
       CAST(dayofweek(d) + 1 AS INTEGER), CAST(day(d) AS INTEGER), CAST(dayofyear(d) AS INTEGER),
       CAST(month(d) AS INTEGER), CAST((dayofyear(d) - 1) // 7 + 1 AS INTEGER),
       CASE WHEN month(d) IN (11, 12) THEN 'Christmas' WHEN month(d) <= 2 THEN 'Winter' WHEN month(d) <= 5 THEN 'Spring' WHEN month(d) <= 8 THEN 'Summer' ELSE 'Fall' END,
       dayofweek(d) = 6, d = last_day(d), month(d) * 100 + day(d) IN (101, 220, 421, 520, 719, 831, 919, 1020, 1120, 1225), dayofweek(d) BETWEEN 1 AND 5
FROM (SELECT CAST(t AS DATE) AS d FROM range(DATE '1992-01-01', DATE '1999-01-01', INTERVAL 1 DAY) AS days(t));

CREATE TABLE ssb.customer AS
SELECT -1 AS "c_custkey", '(unknown)' AS "c_name", '(unknown)' AS "c_address", '(unknown)' AS "c_city", '(unknown)' AS "c_nation",
       '(unknown)' AS "c_region", '(unknown)' AS "c_phone", '(unknown)' AS "c_mktsegment"
UNION ALL
SELECT k, printf('Customer#%09d', k), ssb_address(k, 103), ssb_city(n, ssb_between(k, 102, 0, 9)), ssb_nation(n),
       ssb_region(n), ssb_phone(k, 105, n), ssb_pick(k, 109, ['AUTOMOBILE', 'BUILDING', 'FURNITURE', 'HOUSEHOLD', 'MACHINERY'])
FROM (SELECT CAST(i AS INTEGER) AS k, ssb_between(i, 101, 1, 25) AS n FROM range(1, getvariable('customers') + 1) AS r(i));

CREATE TABLE ssb.supplier AS
SELECT -1 AS "s_suppkey", '(unknown)' AS "s_name", '(unknown)' AS "s_address", '(unknown)' AS "s_city", '(unknown)' AS "s_nation",
       '(unknown)' AS "s_region", '(unknown)' AS "s_phone"
UNION ALL
SELECT k, printf('Supplier#%09d', k), ssb_address(k, 203), ssb_city(n, ssb_between(k, 202, 0, 9)), ssb_nation(n),
       ssb_region(n), ssb_phone(k, 205, n)
FROM (SELECT CAST(i AS INTEGER) AS k, ssb_between(i, 201, 1, 25) AS n FROM range(1, getvariable('suppliers') + 1) AS r(i));

-- 5 manufacturers, 5 categories of each, 40 brands of each category.
CREATE TABLE ssb.part AS
SELECT -1 AS "p_partkey", '(unknown)' AS "p_name", '(unknown)' AS "p_mfgr", '(unknown)' AS "p_category", '(unknown)' AS "p_brand1",
       '(unknown)' AS "p_color", '(unknown)' AS "p_type", CAST(NULL AS INTEGER) AS "p_size", '(unknown)' AS "p_container"
UNION ALL
SELECT k, ssb_color(k, 304) || ' ' || ssb_color(k, 305), 'MFGR#' || m, 'MFGR#' || m || c, 'MFGR#' || m || c || ssb_between(k, 303, 1, 40),
       ssb_color(k, 304),
       ssb_pick(k, 306, ['STANDARD', 'SMALL', 'MEDIUM', 'LARGE', 'ECONOMY', 'PROMO']) || ' ' ||
       ssb_pick(k, 307, ['ANODIZED', 'BURNISHED', 'PLATED', 'POLISHED', 'BRUSHED']) || ' ' ||
       ssb_pick(k, 308, ['TIN', 'NICKEL', 'BRASS', 'STEEL', 'COPPER']),
       ssb_between(k, 309, 1, 50),
       ssb_pick(k, 310, ['SM', 'MED', 'LG', 'JUMBO', 'WRAP']) || ' ' ||
       ssb_pick(k, 311, ['CASE', 'BOX', 'BAG', 'JAR', 'PKG', 'PACK', 'CAN', 'DRUM'])
FROM (SELECT CAST(i AS INTEGER) AS k, ssb_between(i, 301, 1, 5) AS m, ssb_between(i, 302, 1, 5) AS c FROM range(1, getvariable('parts') + 1) AS r(i));

-- The numbers of a line that queries filter by, as dimensions of one column.
CREATE TABLE ssb.discount AS SELECT CAST(i AS INTEGER) AS "discount" FROM range(-1, 11) AS r(i);
CREATE TABLE ssb.quantity AS SELECT CAST(i AS INTEGER) AS "quantity" FROM range(-1, 51) AS r(i);

-- Order numbers as a table, because a table is scanned on all cores.
CREATE TEMP TABLE ssb_orders AS SELECT CAST(i AS INTEGER) AS "o" FROM range(1, getvariable('orders') + 1) AS r(i);

-- The values of a line from k, eight times the order and the line's number.
CREATE OR REPLACE TEMP MACRO ssb_partkey(k) AS ssb_between(k, 401, 1, getvariable('parts'));
CREATE OR REPLACE TEMP MACRO ssb_extended(k) AS CAST(ssb_between(k, 402, 1, 50) * ssb_price(ssb_partkey(k)) AS INTEGER);
CREATE OR REPLACE TEMP MACRO ssb_charged(k) AS
    ssb_extended(k) * (100 - ssb_between(k, 403, 0, 10)) // 100 * (100 + ssb_between(k, 404, 0, 8)) // 100;
CREATE OR REPLACE TEMP MACRO ssb_charged_of(o, lines, l) AS CASE WHEN l <= lines THEN ssb_charged(o * 8 + l) ELSE 0 END;

-- 1 to 7 lines an order, dated as long as the last of them can still be
-- delivered within 1998. lo_discounted and lo_profit are beside the columns of
-- the benchmark: products and differences of columns that its queries add up.
CREATE TABLE ssb.lineorder AS
SELECT "lo_orderkey", "lo_linenumber", "lo_custkey", "lo_partkey", "lo_suppkey", "lo_orderdate", "lo_orderpriority", '0' AS "lo_shippriority",
       "lo_quantity", "lo_extendedprice", "lo_ordtotalprice", "lo_discount",
       CAST("lo_extendedprice" * (100 - "lo_discount") // 100 AS INTEGER) AS "lo_revenue", "lo_supplycost", "lo_tax",
       CAST(year(due) * 10000 + month(due) * 100 + day(due) AS INTEGER) AS "lo_commitdate", "lo_shipmode",
       "lo_extendedprice" * "lo_discount" AS "lo_discounted",
       CAST("lo_extendedprice" * (100 - "lo_discount") // 100 AS INTEGER) - "lo_supplycost" AS "lo_profit"
FROM (
    SELECT o AS "lo_orderkey", l AS "lo_linenumber", "lo_custkey", ssb_partkey(k) AS "lo_partkey",
           ssb_between(k, 405, 1, getvariable('suppliers')) AS "lo_suppkey",
           CAST(year(placed) * 10000 + month(placed) * 100 + day(placed) AS INTEGER) AS "lo_orderdate", "lo_orderpriority",
           ssb_between(k, 402, 1, 50) AS "lo_quantity", ssb_extended(k) AS "lo_extendedprice", "lo_ordtotalprice",
           ssb_between(k, 403, 0, 10) AS "lo_discount", CAST(6 * ssb_price(ssb_partkey(k)) // 10 AS INTEGER) AS "lo_supplycost",
           ssb_between(k, 404, 0, 8) AS "lo_tax", placed + ssb_between(k, 406, 30, 90) AS due,
           ssb_pick(k, 407, ['REG AIR', 'AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB']) AS "lo_shipmode"
    FROM (
        SELECT o, unnest(range(1, n + 1)) AS l0, CAST(l0 AS INTEGER) AS l, CAST(o AS BIGINT) * 8 + l0 AS k, "lo_custkey", placed, "lo_orderpriority", "lo_ordtotalprice"
        FROM (
            SELECT o, n, ssb_between(o, 502, 1, getvariable('customers')) AS "lo_custkey",
                   DATE '1992-01-01' + ssb_between(o, 503, 0, 2405) AS placed,
                   ssb_pick(o, 504, ['1-URGENT', '2-HIGH', '3-MEDIUM', '4-NOT SPECIFIED', '5-LOW']) AS "lo_orderpriority",
                   CAST(ssb_charged_of(o, n, 1) + ssb_charged_of(o, n, 2) + ssb_charged_of(o, n, 3) + ssb_charged_of(o, n, 4) +
                        ssb_charged_of(o, n, 5) + ssb_charged_of(o, n, 6) + ssb_charged_of(o, n, 7) AS INTEGER) AS "lo_ordtotalprice"
            FROM (SELECT CAST("o" AS BIGINT) AS o, ssb_between("o", 501, 1, 7) AS n FROM ssb_orders)
        )
    )
);

-- Beside the benchmark: what every customer owes at the end of each month, for
-- measures that do not add up over time.
CREATE TABLE ssb.balance AS
SELECT m."d_datekey" AS "b_datekey", c."c_custkey" AS "b_custkey", ssb_between(c."c_custkey" * 128 + 12 * (m."d_year" - 1992) + m."d_monthnuminyear", 601, 0, 999999) AS "b_balance"
FROM ssb.date AS m, ssb.customer AS c
WHERE m."d_lastdayinmonthfl" AND m."d_datekey" < 19980802 AND c."c_custkey" > 0
ORDER BY 1, 2;

CREATE TABLE meta.run AS
SELECT 'ssb-' || getvariable('orders') || '-' || getvariable('seed') AS "run_id", DATE '1998-08-02' AS "as_of", getvariable('seed') AS "seed",
       '1' AS "version", '' AS "config_digest", 'Star Schema Benchmark' AS "company", 'USD' AS "currency", 'en' AS "language", 1 AS "fiscal_year_start";

DROP TABLE ssb_orders;
