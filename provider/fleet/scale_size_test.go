package fleet_test

import "github.com/provkit/provkit/internal/testsize"

const sampleSize = 500

// perServer is how many accounts each of the servers in the test of scale holds.
var perServer = testsize.Pick(sampleSize, 5000)
