-- Payments to suppliers to be made anew: those of which anything is known otherwise.
SELECT pay_id FROM due.moved_supplier_payment
UNION
SELECT pay_id FROM due.changed_supplier_payment
