package dev.warren.doctor.internal;

import dev.warren.Finding;
import java.util.List;

/** One thing to look at. It changes nothing; what it throws becomes a finding. */
interface Check {

  /** The first part of the ids of its findings. */
  String subject();

  List<Finding> look();
}
