-- The mean of each of the seven scores over all customers.
SELECT avg(profiling), avg(persistency), avg(profitability), avg(performance), avg(prospecting), avg(product), avg(promotion)
FROM score.sevenp
