package main

import (
	"time"

	"verso/etl/config"
	"verso/models"
	"verso/models/rfm"
	"verso/models/run/churn"
)

// modelOptions carries the configuration's choices to the models.
func modelOptions(cfg *config.Config) models.Options {
	o := models.Options{Months: cfg.Models.Months}
	if r := cfg.Models.RFM; r.Mode == "fixed" {
		o.RFM.Fixed = &rfm.Breaks{Recency: [4]float64(r.Recency), Frequency: [4]float64(r.Frequency), Monetary: [4]float64(r.Monetary)}
	}
	c := cfg.Models.Churn
	o.Churn = churn.Options{Horizon: c.HorizonDays, Silence: c.SilenceDays, Step: c.StepDays}
	for _, text := range c.Origins {
		if day, err := time.Parse(time.DateOnly, text); err == nil { // the configuration holds dates only
			o.Churn.Origins = append(o.Churn.Origins, day)
		}
	}
	return o
}
