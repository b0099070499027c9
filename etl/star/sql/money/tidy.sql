-- The working tables of money are no longer needed.
DROP TABLE star_invoice;
DROP TABLE star_payment;
DROP TABLE star_allocation;
DROP TABLE star_paid;
DROP TABLE star_supplier_invoice;
DROP TABLE star_supplier_payment;
DROP TABLE star_supplier_paid;
DROP TABLE star_balance_day;
DROP TABLE star_goal;
DROP TABLE star_goal_month;
DROP TABLE star_expense;
DROP TABLE star_commission;
DROP TABLE star_receivable_span;
