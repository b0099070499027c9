-- The service of twelve months. Parameter: keys of customers.
SELECT customer_key, lines_due, on_time, expected_on_time, fill_rate, late_p90, copies_bought, copies_returned, copies_faulty, tickets, complaints, open_tickets, response_hours_p50,
       invoices_paid, invoices_late, days_to_pay, "open", overdue, dso
FROM score.customer_service
WHERE customer_key IN (SELECT CAST(k.key AS INTEGER) FROM (SELECT unnest(string_split(?, ',')) AS key) AS k)
ORDER BY customer_key
