-- What open receivables cost by customer and month; filled where they are known.
CREATE OR REPLACE TEMP TABLE star_month_capital (customer_key INTEGER, month DATE, cost DECIMAL(18, 4));
