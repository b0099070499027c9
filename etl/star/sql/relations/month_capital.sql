-- What open receivables cost by customer and month, and margins after landed cost;
-- filled where they are known.
CREATE OR REPLACE TEMP TABLE star_month_capital (customer_key INTEGER, month DATE, cost DECIMAL(18, 4));
CREATE OR REPLACE TEMP TABLE star_month_landed (customer_key INTEGER, month DATE, margin DECIMAL(18, 4));
