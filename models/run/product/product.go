// Package product runs the models of what is sold: what is bought together, what
// titles earn and where they stand in their lives, what catalogues bring, and
// which titles stand in for one another.
package product

import (
	"math"
	"time"

	"verso/models/job"
)

// since is the first day of the given number of months that end at the as-of
// date; 0 months are all history.
func since(j *job.Job, months int) time.Time {
	k := *j
	k.Months = months
	from, _ := k.Window()
	return from
}

// day is the number of a date since 1970-01-01.
func day(t time.Time) int64 { return t.Unix() / 86400 }

// nan is what stands for not known in columns of results.
var nan = math.NaN()
